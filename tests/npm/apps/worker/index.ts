import { exercise } from '../exercise.js';
import { useStore } from '../store.js';

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(request.method === 'POST' ? await useStore(await request.json()) : await exercise());
  },
};
