import { exercise } from '../exercise.js';

window.result = await exercise();
