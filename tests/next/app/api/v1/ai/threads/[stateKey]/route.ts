// One thread of the signed-in user: its history, and its deletion.

import { answerError } from '@/lib/errors';
import { sessionUser, unauthenticated } from '@/lib/session';
import { threadStore } from '@/lib/store';

interface Context {
  readonly params: Promise<{ stateKey: string }>;
}

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const owner = await sessionUser();
  if (owner === undefined) return unauthenticated();
  try {
    const thread = await threadStore().loadThread({ owner, stateKey: (await params).stateKey });
    return Response.json(thread, { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    return answerError(error);
  }
}

export async function DELETE(_request: Request, { params }: Context): Promise<Response> {
  const owner = await sessionUser();
  if (owner === undefined) return unauthenticated();
  try {
    await threadStore().softDelete({ owner, stateKey: (await params).stateKey });
    return Response.json({ ok: true });
  } catch (error) {
    return answerError(error);
  }
}
