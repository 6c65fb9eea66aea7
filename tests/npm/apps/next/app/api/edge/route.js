import { exercise } from '../../../../exercise.js';
import { useStore } from '../../../../store.js';

export const runtime = 'edge';
export const dynamic = 'force-dynamic';

export async function GET() {
  return Response.json(await exercise());
}

export async function POST(request) {
  return Response.json(await useStore(await request.json()));
}
