// Threads of a project: one per entity, for whoever the token lets in.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { text } from './support/ai-event.ts';
import { Member, pathOf, type Scope } from './support/project.ts';
import { Scene } from './support/scene.ts';
import { until } from './support/until.ts';

const scene = await Scene.open();
const writer = await Member.of(scene, 'ann', { projects: { p1: 'write', p2: 'write', 'größe/1': 'write' }, name: 'Ann' });
const reader = await Member.of(scene, 'rob', { projects: { p1: 'read' } });
const stranger = await Member.of(scene, 'eve', { projects: { other: 'write' } });
const service = Member.service(scene, 'ann');

const spec = (scopeId: string, projectId = 'p1', scopeType = 'spec'): Scope => ({ projectId, scopeType, scopeId });

test('100 concurrent first calls give one thread, and one of them made it', async () => {
  const scope = spec('009-projects');
  const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => writer.create(scope, { title: `call ${n}` })));
  assert.equal(answers.filter((answer) => answer.status === 201).length, 1);
  assert.equal(answers.filter((answer) => answer.status === 200).length, 99);
  const threads = new Set(answers.map(({ body }) => JSON.stringify(body)));
  assert.equal(threads.size, 1, [...threads].join('\n'));
  const listed = await until('it is listed', async () => {
    const { threads } = (await writer.list('p1', '?limit=100')).body;
    return threads.length > 0 && threads;
  });
  assert.equal(listed.length, 1);
});

test('the key of a scope is the same for ever, also after a restart', async () => {
  const scope = spec('for-ever');
  const first = await writer.create(scope);
  await scene.worker.restart();
  const again = await writer.create(scope);
  assert.deepEqual([first.status, again.status], [201, 200]);
  assert.deepEqual(again.body, first.body);
  assert.match(first.body.stateKey, /^[a-zA-Z0-9_-]{1,128}$/);
  assert.deepEqual(first.body.scope, scope);
});

test('a thread is found by its scope once it exists, with title and metadata', async () => {
  const scope = spec('found');
  assert.deepEqual((await writer.find(scope)).body.error.code, 'not_found');
  const made = await writer.create(scope, { title: 'The found spec', metadata: { branch: 'main' } });
  assert.equal(made.status, 201);
  const found = await reader.find(scope);
  assert.equal(found.status, 200);
  assert.deepEqual(found.body, made.body);
  assert.deepEqual([found.body.title, found.body.metadata, found.body.messageCount], ['The found spec', { branch: 'main' }, 0]);
  // What stands is not overwritten by who comes later.
  assert.equal((await writer.create(scope, { title: 'Another' })).body.title, 'The found spec');
  const renamed = await writer.patch(scope, { title: 'Renamed', metadata: null });
  assert.equal(renamed.status, 200);
  const after = await writer.find(scope);
  assert.deepEqual([after.body.title, after.body.metadata], ['Renamed', undefined]);
});

test('any Unicode slug is safe, and two spellings are two threads', async () => {
  const slugs = ['é', 'e\u0301', 'É', 'a/b', 'a%2Fb', '日本語 🙂', '?x=1#y', '..a', 'a..', '~', "'; DROP TABLE message; --", '\u202e', 'x'.repeat(512)];
  const keys = new Set<string>();
  for (const slug of slugs) {
    const made = await writer.create(spec(slug));
    assert.equal(made.status, 201, `${slug}: ${made.text}`);
    assert.equal(made.body.scope.scopeId, slug);
    assert.equal((await writer.find(spec(slug))).body.stateKey, made.body.stateKey);
    keys.add(made.body.stateKey);
  }
  assert.equal(keys.size, slugs.length);
  assert.equal((await writer.create(spec('x', 'größe/1'))).status, 201);
});

test('a scope that is none is refused by its own code', async () => {
  for (const scope of [spec(''), spec('x'.repeat(513)), spec('a\u0000b'), spec('a\nb'), spec('x', 'p1', 'two words'), spec('x', 'p1', 't'.repeat(65)), spec('x', 'p'.repeat(513))]) {
    const answer = await writer.find(scope);
    assert.deepEqual([answer.status, answer.body.error.code], [400, 'invalid_scope'], JSON.stringify(scope));
  }
  const chat = await writer.client.ask<{ error: { code: string } }>('POST', '/api/v1/ai/chat', { message: 'x', scope: { projectId: 'p1', scopeType: 'spec', scopeId: '..' } });
  assert.deepEqual([chat.status, chat.body.error.code], [400, 'invalid_scope']);
});

test('TENANT_SCOPED: a token without the project learns nothing, not even whether something exists', async () => {
  const scope = spec('secret-spec');
  await writer.create(scope, { title: 'secret' });
  await writer.append(scope, { role: 'user', parts: [{ type: 'text', text: 'secret' }] });
  const { running, end } = await runningTurn(scope);
  const missing = spec('there-is-none', 'no-such-project');
  const nobody = await Member.of(scene, 'ann', {});
  const malformed = await Member.of(scene, 'ann', { projects: ['p1'] });
  const admin = await Member.of(scene, 'ann', { projects: { p1: 'admin', P1: 'write', 'p1 ': 'write' } });
  for (const member of [stranger, nobody, malformed, admin]) {
    const ask = async (of: Scope) => {
      const path = pathOf(of);
      const answers = [
        await member.list(of.projectId),
        await member.find(of),
        await member.create(of),
        await member.patch(of, { title: 'x' }),
        await member.items(of),
        await member.append(of, { role: 'user', parts: [{ type: 'text', text: 'x' }] }),
        await member.append(of, 'no json'),
        await member.show(of, 'any', 'archived'),
        await member.context(of),
        await member.setContext(of, { documents: [] }),
        await member.stop(of),
        await member.client.ask('GET', `${path}/messages`),
        await member.client.ask('GET', `${path}/stream`),
        await member.client.ask('GET', `${path}/live`),
        await member.client.ask('POST', '/api/v1/ai/chat', { message: 'x', scope: of }),
      ];
      return answers.map(({ status, text, headers }) => [status, text, headers.get('x-state-key')]);
    };
    const [there, nowhere] = [await ask(scope), await ask(missing)];
    assert.deepEqual(there, nowhere);
    for (const [status, body] of there) {
      assert.equal(status, 404);
      assert.deepEqual(JSON.parse(String(body)).error.code, 'not_found');
    }
  }
  assert.equal((await scene.bare().ask('GET', pathOf(scope))).status, 401);
  end();
  await running.whole();
});

test('a token that may read a project may not write to it', async () => {
  const scope = spec('read-only');
  const { body } = await writer.create(scope);
  const item = await writer.append(scope, { role: 'user', parts: [{ type: 'text', text: 'x' }] });
  const refused = [
    await reader.create(scope),
    await reader.create(spec('read-only-2')),
    await reader.patch(scope, { title: 'x' }),
    await reader.append(scope, { role: 'user', parts: [{ type: 'text', text: 'x' }] }),
    await reader.show(scope, item.body.id, 'archived'),
    await reader.stop(scope),
    await reader.setContext(scope, { documents: [] }),
    await reader.client.ask<{ error: { code: string } }>('POST', '/api/v1/ai/chat', { message: 'x', scope }),
  ];
  for (const answer of refused) assert.deepEqual([answer.status, answer.body.error.code], [403, 'forbidden']);
  assert.equal((await reader.find(scope)).body.stateKey, body.stateKey);
  assert.equal((await reader.messages(scope)).length, 1);
  assert.equal((await reader.list('p1')).status, 200);
});

test('the service acts on every project', async () => {
  const scope = spec('by-service', 'p-of-nobody');
  assert.equal((await service.create(scope)).status, 201);
  assert.equal((await service.append(scope, { role: 'assistant', parts: [{ type: 'text', text: 'x' }] })).status, 200);
  assert.equal((await service.find(scope)).body.messageCount, 1);
});

test('a project lists its threads newest first, by scope type, page by page', async () => {
  for (const [type, id] of [['spec', 'a'], ['ticket', 'b'], ['spec', 'c'], ['ticket', 'd'], ['spec', 'e']] as const) {
    const scope = spec(id, 'p2', type);
    await writer.create(scope, { title: id });
    // The list is by the time of the last message.
    await writer.append(scope, { role: 'user', parts: [{ type: 'text', text: id }] });
    await listed('p2', (threads) => threads.some((thread) => thread.title === id && thread.messageCount === 1));
  }
  const ids = async (query: string) => (await writer.list('p2', query)).body.threads.map((thread) => (thread as { scope?: { scopeId: string } }).scope?.scopeId);
  assert.deepEqual(await ids(''), ['e', 'd', 'c', 'b', 'a']);
  assert.deepEqual(await ids('?scopeType=spec'), ['e', 'c', 'a']);
  assert.deepEqual(await ids('?scopeType=none'), []);
  const pages: unknown[] = [];
  let cursor: string | undefined = '';
  while (cursor !== undefined) {
    const page: Awaited<ReturnType<typeof writer.list>> = await writer.list('p2', `?scopeType=spec&limit=2&cursor=${cursor}`);
    pages.push(page.body.threads.map((thread) => thread.title));
    cursor = page.body.nextCursor;
  }
  assert.deepEqual(pages, [['e', 'c'], ['a']]);
  for (const query of ['?limit=0', '?limit=101', '?cursor=x']) assert.equal((await writer.list('p2', query)).body.error.code, 'invalid_request');
  assert.equal((await writer.list('p2', '?scopeType=a%20b')).body.error.code, 'invalid_scope');
});

test('TENANT_SCOPED: a project and a user of the same name have nothing in common', async () => {
  const user = await scene.user('p1');
  const scope = spec('namesake');
  const { stateKey } = (await writer.create(scope)).body;
  await scene.talk(user, stateKey, 'mine', text('yours'));
  await user.listed(stateKey);
  assert.equal((await writer.messages(scope)).length, 0);
  assert.equal((await user.messages(stateKey)).length, 2);
  const { threads } = (await user.list('?limit=100')).body;
  assert.deepEqual(threads.map((thread) => thread.stateKey), [stateKey]);
  assert.equal((threads[0] as { scope?: unknown }).scope, undefined);
});

test('no log line holds an id of a project, a scope, an item or a person', async () => {
  const secret = await Member.of(scene, 'private-person', { projects: { 'private-project': 'write' }, name: 'Private Name' });
  const scope = spec('private-slug', 'private-project', 'private-type');
  await secret.create(scope, { title: 'private title' });
  const item = await secret.append(scope, { role: 'user', parts: [{ type: 'text', text: 'private text' }], requestId: 'private-request' });
  await secret.show(scope, item.body.id, 'hidden');
  await secret.list('private-project', '?scopeType=private-type');
  await until('the lines are written', () => scene.worker.output.includes('project/thread/item"'));
  for (const name of ['project/threads', 'project/thread', 'project/thread/items']) assert.ok(scene.worker.output.includes(`"${name}"`), name);
  assert.equal(/private/i.test(scene.worker.output), false);
  assert.equal(scene.worker.output.includes(item.body.id), false);
});

async function runningTurn(scope: Scope) {
  const stateKey = (await writer.find(scope)).body.stateKey;
  const said = writer.say(scope, 'running');
  const turn = (await scene.upstream.next(stateKey)).accept();
  return { running: await said, end: () => turn.end(text('done'), { type: 'done' } as never) };
}

function listed(projectId: string, probe: (threads: { title?: string; messageCount: number }[]) => boolean) {
  return until(`the list of ${projectId}`, async () => probe((await writer.list(projectId, '?limit=100')).body.threads));
}
