import { exercise } from '../exercise.js';

export default {
  async fetch(): Promise<Response> {
    return Response.json(await exercise());
  },
};
