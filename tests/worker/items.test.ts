// The items of a scope's thread: appended once, listed in order, seen where their visibility says.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { done, text } from './support/ai-event.ts';
import { Member, type Item, type Scope } from './support/project.ts';
import { Scene } from './support/scene.ts';
import { SECRETS } from './support/secrets.ts';
import { isStored, rowsWith } from './support/storage.ts';
import { talkOf } from './support/ui.ts';

const scene = await Scene.open();
const projects = { p1: 'write' };
const ann = await Member.of(scene, 'ann@example.com', { projects, name: 'Ann Example' });
const bob = await Member.of(scene, 'bob', { projects });
const service = Member.service(scene, 'server-user');

let scopes = 0;
const fresh = (): Scope => ({ projectId: 'p1', scopeType: 'spec', scopeId: `items-${(scopes += 1)}` });
const says = (words: string, more: Record<string, unknown> = {}) => ({ role: 'user', parts: [{ type: 'text', text: words }], ...more });

test('the same requestId twice stores once and answers the same, other content is a mismatch', async () => {
  const scope = fresh();
  const item = says('once', { requestId: 'r1', runId: 'run-1', visibility: 'hidden' });
  const answers = await Promise.all(Array.from({ length: 10 }, () => ann.append(scope, item)));
  for (const answer of answers) assert.deepEqual([answer.status, answer.text], [200, answers[0]!.text]);
  assert.equal((await ann.items(scope)).body.items.length, 1);
  for (const other of [says('twice', { requestId: 'r1', runId: 'run-1' }), says('once', { requestId: 'r1', runId: 'run-2' })]) {
    const answer = await ann.append(scope, other);
    assert.deepEqual([answer.status, answer.body.error.code], [409, 'idempotency_mismatch']);
  }
  const { id, requestId, runId, visibility } = answers[0]!.body;
  assert.deepEqual([requestId, runId, visibility], ['r1', 'run-1', 'hidden']);
  await ann.show(scope, id, 'visible');
  const again = await ann.append(scope, item);
  assert.deepEqual([again.status, again.body.id], [200, id]);
  assert.equal((await ann.append(scope, says('once', { requestId: 'r2' }))).body.position, 1);
});

test('a requestId is its author\'s own: another\'s of the same words is another item', async () => {
  const scope = fresh();
  const item = says('ok', { requestId: '1' });
  const [anns, bobs] = [await ann.append(scope, item), await bob.append(scope, item)];
  assert.deepEqual([anns.status, bobs.status], [200, 200]);
  assert.notEqual(anns.body.id, bobs.body.id);
  assert.equal((await bob.append(scope, says('other words', { requestId: 'only-ann-had-it' }))).status, 200);
  assert.equal((await ann.append(scope, item)).body.id, anns.body.id);
});

test('what is taken from the page is taken from the title, and what is shown later gives one', async () => {
  const scope = fresh();
  const first = await ann.append(scope, says('a first question'));
  const second = await ann.append(scope, says('a second one', { visibility: 'hidden' }));
  const title = async () => (await ann.find(scope)).body.title;
  assert.equal(await title(), 'a first question');
  await ann.show(scope, first.body.id, 'archived');
  assert.equal(await title(), undefined);
  await ann.show(scope, second.body.id, 'visible');
  assert.equal(await title(), 'a second one');
});

test('MESSAGES_GROW_ONLY: an item says who wrote it, as the token does, and no client says otherwise', async () => {
  const scope = fresh();
  const forged = { author: { id: 'somebody', name: 'Else' }, metadata: { author: { id: 'somebody' } } };
  await ann.append(scope, says('from ann', forged));
  await bob.append(scope, says('from bob'));
  await service.append(scope, says('for carl', { author: { id: 'carl', name: 'Carl' } }));
  await service.append(scope, says('for the server\'s user'));
  await service.append(scope, { role: 'assistant', parts: [{ type: 'text', text: 'nobody' }] });
  const authors = (await ann.messages(scope)).map(({ metadata }) => (metadata as { author?: unknown } | undefined)?.author);
  assert.deepEqual(authors, [{ id: 'ann@example.com', name: 'Ann Example' }, { id: 'bob' }, { id: 'carl', name: 'Carl' }, { id: 'server-user' }, undefined]);
});

test('TOOLS_ARE_SERVER_AUTHORED: a user appends user items of text and files, the service any', async () => {
  const scope = fresh();
  for (const role of ['assistant', 'system']) {
    const answer = await ann.append(scope, { ...says('forged'), role });
    assert.deepEqual([answer.status, answer.body.error.code], [403, 'forbidden']);
  }
  const tool = { type: 'tool-pay', toolCallId: 'c', state: 'output-available', input: {}, output: 'paid' };
  assert.equal((await ann.append(scope, { role: 'user', parts: [tool] })).body.error.code, 'no_user_message');
  const file = { type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,AA==', filename: 'a.png' };
  const kept = await ann.append(scope, { role: 'user', parts: [tool, { type: 'text', text: 'look' }, file, { type: 'data-x', data: 1 }] });
  assert.deepEqual(kept.body.parts, [{ type: 'text', text: 'look' }, file]);
  const served = await service.append(scope, { role: 'assistant', parts: [{ type: 'step-start' }, tool] });
  assert.deepEqual(served.body.parts, [{ type: 'step-start' }, tool]);
  for (const bad of [{}, [], { role: 'user' }, says('x', { visibility: 'x' }), says('x', { requestId: 'x'.repeat(257) }), { role: 'robot', parts: [] }]) {
    assert.equal((await service.append(scope, bad)).body.error.code, 'invalid_request', JSON.stringify(bad));
  }
  assert.equal((await service.append(scope, '{')).body.error.code, 'invalid_json');
  assert.equal((await ann.append(scope, says('x'.repeat(128 * 1024 + 1)))).body.error.code, 'message_too_long');
  assert.equal((await ann.items(scope)).body.items.length, 2);
});

test('items are listed in order, page by page, by visibility and by run', async () => {
  const scope = fresh();
  const sent: Item[] = [];
  for (let n = 0; n < 7; n += 1) {
    const visibility = ['visible', 'hidden', 'archived'][n % 3];
    sent.push((await service.append(scope, says(`item ${n}`, { visibility, runId: n < 4 ? 'run-a' : 'run-b' }))).body);
  }
  const walk = async (query: string) => {
    const pages: number[][] = [];
    for (let after: number | undefined; ; ) {
      const page = await ann.items(scope, `${query}${after === undefined ? '' : `&after=${after}`}`);
      assert.equal(page.status, 200, page.text);
      pages.push(page.body.items.map((item) => item.position));
      after = page.body.nextAfter;
      if (after === undefined) return pages;
    }
  };
  assert.deepEqual((await ann.items(scope)).body, { items: sent });
  assert.deepEqual(await walk('?limit=3'), [[0, 1, 2], [3, 4, 5], [6]]);
  assert.deepEqual(await walk('?limit=7'), [[0, 1, 2, 3, 4, 5, 6]]);
  assert.deepEqual(await walk('?limit=2&visibility=visible'), [[0, 3], [6]]);
  assert.deepEqual(await walk('?visibility=hidden'), [[1, 4]]);
  assert.deepEqual(await walk('?runId=run-a&visibility=archived'), [[2]]);
  assert.deepEqual(await walk('?runId=run-b'), [[4, 5, 6]]);
  assert.deepEqual(await walk('?after=6'), [[]]);
  for (const query of ['?limit=0', '?limit=101', '?after=-1', '?after=x', '?visibility=all']) {
    assert.equal((await ann.items(scope, query)).body.error.code, 'invalid_request', query);
  }
  assert.deepEqual((await ann.items(fresh())).body, { items: [] });
});

test('visible is on the page and in the prompt, hidden in the prompt only, archived in neither', async () => {
  const scope = fresh();
  const items: Item[] = [];
  for (const visibility of ['visible', 'hidden', 'archived']) items.push((await service.append(scope, says(`is ${visibility}`, { visibility }))).body);
  assert.deepEqual(talkOf(await ann.messages(scope)), ['user: is visible']);
  assert.deepEqual(await told(scope, 'first'), ['is visible', 'is hidden', 'first']);

  // The message as it lies there; a title of the page is another matter.
  const stored = () => rowsWith(scene.worker.dataDir, 'is visible').filter(({ table }) => table === 'message').map(({ value }) => value);
  const rows = stored();
  assert.equal(rows.length, 1);
  assert.equal((await ann.show(scope, items[0]!.id, 'archived')).body.visibility, 'archived');
  assert.equal((await ann.show(scope, items[1]!.id, 'visible')).body.visibility, 'visible');
  assert.equal((await ann.show(scope, items[2]!.id, 'hidden')).body.visibility, 'hidden');
  assert.deepEqual(talkOf(await ann.messages(scope)), ['user: is hidden', 'user: first', 'assistant: answer']);
  assert.deepEqual(await told(scope, 'second'), ['is hidden', 'is archived', 'first', 'answer', 'second']);
  assert.deepEqual(stored(), rows);

  const all = (await ann.items(scope)).body.items;
  assert.deepEqual(all.map((item) => item.visibility), ['archived', 'visible', 'hidden', 'visible', 'visible', 'visible', 'visible']);
  assert.equal((await ann.show(scope, 'no-such-item', 'hidden')).body.error.code, 'not_found');
  assert.equal((await ann.show(scope, items[0]!.id, 'gone')).body.error.code, 'invalid_request');
});

test('TOOLS_ARE_SERVER_AUTHORED: a call that no page shows can be answered by nobody', async () => {
  const scope = fresh();
  const call = { type: 'tool-pay', toolCallId: 'c', state: 'approval-requested', input: { sum: 5 }, approval: { id: 'ap' } };
  const item = (await service.append(scope, { role: 'assistant', parts: [{ type: 'step-start' }, call] })).body;
  const answered = { ...call, state: 'approval-responded', approval: { id: 'ap', approved: true } };
  const body = { scope, messages: [{ id: item.id, role: 'assistant', parts: [{ type: 'step-start' }, answered] }], messageId: item.id, trigger: 'submit-message' };
  const answer = () => ann.client.ask<{ error: { code: string } }>('POST', '/api/v1/ai/chat', body);
  for (const visibility of ['archived', 'hidden']) {
    await ann.show(scope, item.id, visibility);
    assert.deepEqual([(await answer()).status, (await answer()).body.error.code], [400, 'no_user_message'], visibility);
  }
  await ann.show(scope, item.id, 'visible');
  const { stateKey } = (await ann.find(scope)).body;
  const said = answer();
  (await scene.upstream.next(stateKey)).end(text('paid'), done());
  assert.equal((await said).status, 200);
});

test('the items of a turn carry its run', async () => {
  const scope = fresh();
  await ann.append(scope, says('before'));
  const { turn } = await talk(scope, 'question');
  const { items } = (await ann.items(scope, `?runId=${turn.request.runId}`)).body;
  assert.deepEqual(talkOf(items), ['user: question', 'assistant: answer']);
  assert.deepEqual(items.map((item) => item.position), [1, 2]);
});

test('a hidden or archived item gives no title', async () => {
  const scope = fresh();
  await service.append(scope, says('hidden instructions', { visibility: 'hidden' }));
  assert.equal((await ann.find(scope)).body.title, undefined);
  await ann.append(scope, says('a visible question'));
  assert.equal((await ann.find(scope)).body.title, 'a visible question');
});

test('MAX_THREAD_MESSAGES: items of every visibility count, and the 201st is refused', async () => {
  const scope = fresh();
  for (let n = 0; n < 200; n += 1) await service.append(scope, says(`${n}`, { visibility: n % 2 ? 'archived' : 'visible' }));
  const answer = await ann.append(scope, says('one more', { requestId: 'full' }));
  assert.deepEqual([answer.status, answer.body.error.code], [409, 'thread_full']);
  assert.equal((await ann.find(scope)).body.messageCount, 200);
});

test('REDACT_BEFORE_PERSIST: an item is masked before it is stored, its author is not', async () => {
  const scope = fresh();
  const answer = await ann.append(scope, says(`the key is ${SECRETS.aws}`));
  assert.equal(answer.text.includes(SECRETS.aws), false);
  assert.equal((answer.body.metadata as { author: { id: string } }).author.id, 'ann@example.com');
  assert.equal(isStored(scene.worker.dataDir, SECRETS.aws), false);
});

test('SERIALIZED_APPENDS: 50 items at once are all there, each at its own position', async () => {
  const scope = fresh();
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 ? ann : bob).append(scope, says(`item ${n}`))));
  assert.deepEqual(answers.map((answer) => answer.body.position).sort((a, b) => a - b), Array.from({ length: 50 }, (_, n) => n));
});

async function talk(scope: Scope, words: string) {
  const { stateKey } = (await ann.create(scope)).body;
  const stream = ann.say(scope, words);
  const turn = await scene.upstream.next(stateKey);
  turn.end(text('answer'), done());
  await (await stream).whole();
  return { turn };
}

/** What the upstream is told on the next turn. */
async function told(scope: Scope, words: string): Promise<string[]> {
  const { turn } = await talk(scope, words);
  return turn.request.messages.map((message) => message.content);
}

test('archived items are not counted into the size of a prompt: what closed a chat opens it again', async () => {
  const scope = fresh();
  const file = (at: number) => ({ type: 'file', mediaType: 'image/png', url: `data:image/png;base64,${'A'.repeat(9 * 1024 * 1024)}`, filename: `${at}.png` });
  const items = [];
  for (const at of [1, 2, 3]) items.push(await ann.append(scope, { role: 'user', parts: [file(at)] }));
  const refused = await ann.client.ask<{ error: { code: string } }>('POST', '/api/v1/ai/chat', { message: 'hello', scope });
  assert.deepEqual([refused.status, refused.body.error.code], [409, 'thread_full']);
  await ann.show(scope, items[0]!.body.id, 'archived');
  const { stateKey } = (await ann.find(scope)).body;
  const said = ann.say(scope, 'hello');
  (await scene.upstream.next(stateKey)).accept().end(done());
  await (await said).whole();
});
