/** The entry of the demo page: a stock AI SDK client of the public routes, and nothing else. */
import './strict-policy.ts';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
