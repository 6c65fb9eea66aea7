// The signed-in user's threads, newest first: `?limit&cursor`.

import type { NextRequest } from 'next/server';
import { answerError } from '@/lib/errors';
import { sessionUser, unauthenticated } from '@/lib/session';
import { threadStore } from '@/lib/store';

export async function GET(request: NextRequest): Promise<Response> {
  const owner = await sessionUser();
  if (owner === undefined) return unauthenticated();
  const limit = request.nextUrl.searchParams.get('limit');
  const cursor = request.nextUrl.searchParams.get('cursor');
  try {
    const page = await threadStore().listThreads({ owner, ...(limit !== null && { limit: Number(limit) }), ...(cursor !== null && { cursor }) });
    return Response.json(page, { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    return answerError(error);
  }
}
