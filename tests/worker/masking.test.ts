// Nothing unmasked reaches storage: judged by the SQLite files themselves, every row and every raw byte.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { done, final, reasoning, status, text, toolCall, toolFailure, toolResult, type AiEvent } from './support/ai-event.ts';
import { seededRandom } from './support/random.ts';
import { Scene } from './support/scene.ts';
import { PERSONAL, piecesOf, SECRETS } from './support/secrets.ts';
import { dumpStorage, filesWith, isStored } from './support/storage.ts';
import { metadataOf, textOf } from './support/ui.ts';
import { userMessage } from './support/client.ts';
import { until } from './support/until.ts';

const scene = await Scene.open();
const alice = await scene.user('alice');
const backend = scene.service('alice');
const random = seededRandom();

/** No row and no raw byte of storage holds the value, nor any distinctive piece of it. */
function assertNowhere(secret: string): void {
  const rows = dumpStorage(scene.worker.dataDir);
  const whole = rows.map((row) => row.value).join('\n');
  for (const piece of [secret, ...piecesOf(secret)]) {
    const row = whole.includes(piece) ? rows.find((row) => row.value.includes(piece)) : undefined;
    assert.equal(row, undefined, `a piece of a secret is in ${row?.table}.${row?.column}`);
  }
  for (const needle of [secret, secret.slice(4, 20), secret.slice(-16)]) {
    assert.deepEqual(filesWith(scene.worker.dataDir, needle), [], 'raw bytes');
  }
}

for (const [kind, secret] of Object.entries(SECRETS)) {
  test(`REDACT_BEFORE_PERSIST: a ${kind} secret split across deltas is in no row of storage, also mid-turn`, async () => {
    const key = scene.key(`split-${kind}`);
    const marker = `marker-${kind}`;
    const { stream, turn } = await scene.begin(alice, key, 'Show me the credential');
    // Cut once (one half is telling by itself), cut small, and whole.
    const at = 1 + random.below(secret.length - 1);
    turn.send(text('The value is '), text(secret.slice(0, at)), text(secret.slice(at)), text(', I repeat '));
    turn.send(...random.cutText(`${secret}, `, 7).map(text), text(`${secret} so keep it. `));
    await stream.reads('so keep it.');
    await until('the resume buffer holds what came after the secret', () => {
      turn.send(text(`${marker} `.repeat(100)));
      return isStored(scene.worker.dataDir, marker);
    });
    assertNowhere(secret);

    turn.end(text('. The end.'), done());
    await stream.whole();
    const reply = textOf((await alice.messages(key))[1]);
    assert.ok(reply.startsWith('The value is ') && reply.includes(` so keep it. ${marker} `) && reply.endsWith('. The end.'), reply.slice(0, 200));
    assertNowhere(secret);
  });
}

test('REDACT_BEFORE_PERSIST: a secret that comes letter by letter and is cut off by kill -9 is not in what the buffer gives back', async () => {
  const key = scene.key('letters');
  const secret = SECRETS.openai;
  const { stream, turn } = await scene.begin(alice, key, 'Spell it');
  turn.send(text('Spelled: '), ...[...secret].map(text), text(' spelled. '));
  await stream.reads('spelled.');
  await until('the resume buffer holds what came after the secret', () => {
    turn.send(text('and so on '.repeat(100)));
    return isStored(scene.worker.dataDir, 'and so on and so on');
  });
  await scene.worker.kill9();
  await scene.worker.restart();
  const reply = textOf((await alice.messagesAtLeast(key, 2))[1]);
  for (const piece of piecesOf(secret)) assert.equal(reply.includes(piece), false);
  assert.ok(reply.includes('Spelled: '));
  assertNowhere(secret);
});

test('REDACT_BEFORE_PERSIST: a turn killed in the middle of a secret keeps nothing of what can already be told', async () => {
  const key = scene.key('half');
  const secret = SECRETS.openai;
  const half = secret.slice(0, 44);
  const { stream, turn } = await scene.begin(alice, key, 'Half of it');
  turn.send(...Array.from({ length: 60 }, (_, n) => text(`before${n} `)), ...random.cutText(half, 3).map(text));
  await stream.reads(half);
  await until('the resume buffer holds what came before', () => isStored(scene.worker.dataDir, 'before1 '));
  assertNowhere(half);
  await scene.worker.kill9();
  await scene.worker.restart();
  await alice.messagesAtLeast(key, 2);
  assertNowhere(half);
});

test('REDACT_BEFORE_PERSIST: half a secret whose rest comes by assistant_final is not in the buffer', async () => {
  const key = scene.key('final');
  const secret = SECRETS.openai;
  const { stream, turn } = await scene.begin(alice, key, 'Half, then all');
  turn.send(...Array.from({ length: 60 }, (_, n) => text(`early${n} `)), text(secret.slice(0, 44)));
  await stream.reads(secret.slice(0, 44));
  const told = `${stream.text}${secret.slice(44)}, that was it. `;
  turn.send(final(told));
  await stream.reads('that was it.');
  await until('the resume buffer holds what came after the secret', () => {
    turn.send(text('and so on '.repeat(100)));
    return isStored(scene.worker.dataDir, 'that was it.');
  });
  assertNowhere(secret);
  turn.end(done());
  await stream.whole();
});

test('REDACT_BEFORE_PERSIST: a card over two lines is masked in a title, by whatever way it comes', async () => {
  const title = '4012 8888\n8888 1881';
  const key = scene.key('lines');
  await scene.talk(alice, key, title, text('ok'));
  const patched = await alice.patch(key, { title });
  assert.equal((patched.body as { title: string }).title, '[REDACTED_CARD]');
  const scoped = await backend.ask<{ title: string }>('PUT', '/api/v1/ai/projects/p1/threads/spec/lines', { title });
  assert.equal(scoped.body.title, '[REDACTED_CARD]', scoped.text);
  assert.deepEqual(filesWith(scene.worker.dataDir, '4012 8888 8888'), []);
});

test('REDACT_BEFORE_PERSIST: secrets in every other place of a turn are masked too', async () => {
  const key = scene.key('everywhere');
  const { openai, aws, github } = SECRETS;
  const events: AiEvent[] = [
    reasoning('I recall '),
    ...random.cutText(github, 5).map(reasoning),
    reasoning(' here.'),
    status('tool_use', `Using ${aws}`),
    toolCall('c1', 'login', { token: openai, list: [`x ${github} y`], nested: { deep: { aws } } }),
    toolResult('c1', { stdout: `export KEY=${aws}\nTOKEN=${openai}`, [github.slice(0, 3)]: 1 }),
    toolCall('c2', 'fail', {}),
    toolFailure('c2', `401 for ${github}`),
    text('Logged in.'),
    final(`Logged in. Your key is ${aws}.`),
  ];
  await scene.talk(alice, key, `My key is ${openai}, keep it`, ...events);
  for (const secret of [openai, aws, github]) assertNowhere(secret);
  const [question, reply] = await alice.messages(key);
  assert.match(textOf(question), /^My key is .+, keep it$/);
  const call = reply?.parts.find((part) => part.type === 'dynamic-tool');
  assert.ok(call && 'input' in call, 'the shape of the call is kept');
  assert.deepEqual(Object.keys(call.input as object), ['token', 'list', 'nested']);
  assert.equal(call.toolName, 'login');
});

test('REDACT_BEFORE_PERSIST: the upstream is told the masked history, of this turn and the next', async () => {
  const key = scene.key('history');
  const first = await scene.talk(alice, key, `Remember ${SECRETS.github}`, text('I will'));
  assert.equal(first.turn.body.includes(SECRETS.github), false, 'the prompt comes from the store');
  const second = await scene.talk(alice, key, 'And?', text('Done'));
  assert.equal(second.turn.body.includes(SECRETS.github), false);
});

test('REDACT_BEFORE_PERSIST: titles and metadata are masked, in the thread and in the list', async () => {
  const key = scene.key('title');
  await scene.talk(alice, key, `${SECRETS.aws} is my first line`, text('ok'));
  await alice.listed(key, (entry) => entry.title !== undefined);
  assertNowhere(SECRETS.aws);
  const patched = await alice.patch(key, { title: `Keys ${SECRETS.github}`, metadata: { note: `see ${SECRETS.openai}`, keep: 'this' } });
  assert.equal(patched.status, 200, patched.text);
  const entry = await alice.listed(key, (entry) => entry.title?.startsWith('Keys ') === true);
  assert.equal((entry.metadata as { keep?: string }).keep, 'this');
  for (const secret of [SECRETS.github, SECRETS.openai]) {
    assert.equal(JSON.stringify(entry).includes(secret), false);
    assertNowhere(secret);
  }
});

test('REDACT_BEFORE_PERSIST: what a service saves and appends is masked', async () => {
  const key = scene.key('service');
  const { openai, github } = SECRETS;
  await backend.save(key, [userMessage('u1', `a ${openai}`)], 0, { source: `crm ${github}` });
  await backend.append(key, [userMessage('u2', `b ${github}`), { id: 'a1', role: 'assistant', metadata: { trace: openai }, parts: [{ type: 'text', text: github }] }], 'k1');
  assertNowhere(openai);
  assertNowhere(github);
  // The service still holds the unmasked original: saving it again is no divergence.
  const again = await backend.save(key, [userMessage('u1', `a ${openai}`), userMessage('u2', `b ${github}`), ...(await alice.messages(key)).slice(2)], 3);
  assert.equal(again.status, 200, again.text);
});

test('REDACT_BEFORE_PERSIST: a stopped turn\'s partial is masked', async () => {
  const key = scene.key('stopped');
  const { stream, turn } = await scene.begin(alice, key, 'Stop me');
  turn.send(text('It is '), ...random.cutText(SECRETS.aws, 4).map(text));
  await stream.reads(SECRETS.aws);
  await alice.stop(key);
  const reply = (await alice.messagesAtLeast(key, 2))[1];
  assert.equal(metadataOf(reply)['status'], 'aborted');
  assertNowhere(SECRETS.aws);
});

test('REDACT_BEFORE_PERSIST: personal data is masked, and ordinary text is left as it was', async () => {
  const key = scene.key('personal');
  const plain = 'Order 4711 of 2026-11-21 costs 12.50 EUR; see https://example.com/docs?id=42 and src/main.rs:17.';
  await scene.talk(alice, key, plain, text(`Write to ${PERSONAL.email}, card ${PERSONAL.card}, IBAN ${PERSONAL.iban}.`));
  for (const value of Object.values(PERSONAL)) assert.deepEqual(filesWith(scene.worker.dataDir, value), []);
  assert.equal(textOf((await alice.messages(key))[0]), plain);
});
