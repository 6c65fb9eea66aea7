// Any chat-completions server behind the worker: our own small fixtures everywhere, and recordings of real providers
// where they lie beside the project.

import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { UIMessage } from 'ai';
import type { ErrorBody } from './support/client.ts';
import { OpenAiUpstream } from './support/openai-upstream.ts';
import { seededRandom } from './support/random.ts';
import { Scene } from './support/scene.ts';
import { assertWireProfile, foldBySdk, metadataOf, shapeOf, textOf } from './support/ui.ts';

const FIXTURES = resolve(import.meta.dirname, '../fixtures/openai');
const RECORDINGS = resolve(import.meta.dirname, '../../../shared/recordings');

/** How often each stream is replayed, each time cut at other places. */
const CUTS = 4;

const random = seededRandom();
const upstream = await OpenAiUpstream.start(random);
const scene = await Scene.open({ EXECUTOR: 'openai', OPENAI_BASE_URL: upstream.baseUrl, OPENAI_API_KEY: 'api-key-of-the-tests', OPENAI_MODEL: 'model-of-the-tests' });
const alice = await scene.user('alice');
after(() => upstream.stop());

function linesOf(folder: string, name: string): string[] {
  return readFileSync(join(folder, name), 'utf8').split('\n').filter((line) => line.trim() !== '');
}

/** What the chunks say, read the plainest way. */
type Told = { text: string; reasoning: string; tools: { id: string; name: string; input: unknown }[]; finishReason: string | undefined; usage: unknown };

function tell(lines: string[]): Told {
  const told: Told = { text: '', reasoning: '', tools: [], finishReason: undefined, usage: undefined };
  const calls = new Map<number, { id: string; name: string; arguments: string }>();
  for (const line of lines) {
    const chunk = JSON.parse(line);
    told.usage = chunk.usage ?? told.usage;
    const choice = chunk.choices?.[0];
    if (!choice) continue;
    told.text += choice.delta?.content ?? '';
    told.reasoning += choice.delta?.reasoning_content ?? choice.delta?.reasoning ?? '';
    told.finishReason = choice.finish_reason ?? told.finishReason;
    for (const call of choice.delta?.tool_calls ?? []) {
      const known = calls.get(call.index) ?? { id: '', name: '', arguments: '' };
      calls.set(call.index, { id: known.id || call.id || '', name: known.name || call.function?.name || '', arguments: known.arguments + (call.function?.arguments ?? '') });
    }
  }
  told.tools = [...calls.values()].map((call) => ({ id: call.id, name: call.name, input: JSON.parse(call.arguments || '{}') }));
  return told;
}

/** Replays a stream as a turn and holds the stored reply against what the chunks say. */
async function checkReplay(name: string, lines: string[], isTerminated = true): Promise<UIMessage> {
  const key = scene.key(name.replaceAll(/[^a-zA-Z0-9-]/g, '-'));
  upstream.replay({ lines, isTerminated });
  const stream = await alice.say(key, 'Hello');
  await stream.whole();
  await assertWireProfile(stream.chunks);
  const told = tell(lines);
  const reply = (await alice.messages(key))[1];
  assert.ok(reply);
  assert.equal(stream.text, told.text);
  assert.equal(textOf(reply), told.text);
  assert.equal(reply.parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''), told.reasoning);
  const tools = reply.parts.filter((part) => part.type === 'dynamic-tool');
  assert.deepEqual(tools.map((part) => ({ id: part.toolCallId, name: part.toolName, input: part.input })), told.tools);
  assert.deepEqual(reply, await foldBySdk(stream.chunks));

  // The thread must not make the provider answer 400 on the next turn.
  upstream.replay({ lines: linesOf(FIXTURES, 'text.jsonl') });
  await (await alice.say(key, 'Go on')).whole();
  assert.equal(upstream.last?.complaint, undefined);
  assert.equal((await alice.messages(key)).length, 4);
  return reply;
}

for (const name of ['text.jsonl', 'reasoning.jsonl', 'tool-call.jsonl', 'parallel-tool-calls.jsonl', 'role-only-and-empty.jsonl']) {
  test(`the openai executor turns ${name} into a thread, wherever it is cut`, async () => {
    for (let n = 0; n < CUTS; n += 1) await checkReplay(name, linesOf(FIXTURES, name));
  });
}

test('the openai executor asks for a stream with usage, with key, model and mapped messages', async () => {
  const key = scene.key('request');
  upstream.replay({ lines: linesOf(FIXTURES, 'text.jsonl') });
  await (await alice.say(key, 'First')).whole();
  await (await alice.say(key, 'Second')).whole();
  const { path, authorization, body } = upstream.last!;
  assert.equal(path, '/v1/chat/completions');
  assert.equal(authorization, 'Bearer api-key-of-the-tests');
  assert.equal(body.model, 'model-of-the-tests');
  assert.equal(body.stream, true);
  assert.equal(body.stream_options?.include_usage, true);
  assert.deepEqual(body.messages, [
    { role: 'user', content: 'First' },
    { role: 'assistant', content: 'Hello there, how are you?' },
    { role: 'user', content: 'Second' },
  ]);
});

test('usage in the last chunk goes to the metadata and to the usage hook', async () => {
  const reply = await checkReplay('usage.jsonl', linesOf(FIXTURES, 'text.jsonl'));
  assert.equal(metadataOf(reply)['finishReason'], 'stop');
  assert.ok(metadataOf(reply)['usage'], 'usage in the metadata');
  assert.equal(metadataOf(reply)['status'], undefined);
});

test('a call that no one executes is stored so that the next request is well-formed', async () => {
  const reply = await checkReplay('tool.jsonl', linesOf(FIXTURES, 'tool-call.jsonl'));
  for (const part of shapeOf(reply)) assert.ok(!part.endsWith(':input-streaming') && !part.endsWith(':input-available'), `${part} is closed`);
});

test('an error object mid-stream is an error chunk with a fixed text, and the partial has status error', async () => {
  const key = scene.key('error');
  upstream.replay({ lines: linesOf(FIXTURES, 'error-mid-stream.jsonl') });
  const stream = await alice.say(key, 'Hello');
  await stream.whole();
  await assertWireProfile(stream.chunks);
  assert.equal(stream.chunks.filter((chunk) => chunk.type === 'error').length, 1);
  assert.equal(stream.raw.includes('org-1234567'), false, 'the provider\'s words stay inside');
  const reply = (await alice.messages(key))[1];
  assert.equal(metadataOf(reply)['status'], 'error');
  assert.equal(textOf(reply), 'This goes well until ');
  assert.deepEqual(reply, await foldBySdk(stream.chunks));
});

test('a thread with two questions or two replies side by side is one that alternates for the provider', async () => {
  const key = scene.key('neighbours');
  const said = (id: string, role: 'user' | 'assistant', text: string): UIMessage => ({ id, role, parts: [{ type: 'text', text }] });
  const stored = [said('1', 'user', 'One'), said('2', 'user', 'Two'), said('3', 'assistant', 'Three'), said('4', 'assistant', 'Four')];
  assert.equal((await scene.service('alice').append(key, stored)).status, 200);
  upstream.replay({ lines: linesOf(FIXTURES, 'text.jsonl') });
  await (await alice.say(key, 'Five')).whole();
  assert.deepEqual([upstream.last?.complaint, upstream.last?.body.messages], [
    undefined,
    [
      { role: 'user', content: 'One\n\nTwo' },
      { role: 'assistant', content: 'Three\n\nFour' },
      { role: 'user', content: 'Five' },
    ],
  ]);
  assert.equal((await alice.messages(key)).length, 6, 'the thread keeps them apart');
});

test('USAGE_UNCHANGED: a turn that is stopped reports the usage that the provider had told by then', async () => {
  const key = scene.key('stopped');
  const usage = { prompt_tokens: 11, completion_tokens: 2, total_tokens: 13 };
  const lines = ['Hel', 'lo'].map((content, n) => JSON.stringify({ model: 'm', choices: [{ index: 0, delta: { content } }], usage: { ...usage, completion_tokens: n + 1 } }));
  upstream.replay({ lines, isTerminated: false, isOpen: true });
  const stream = await alice.say(key, 'Hello');
  await stream.reads('Hello');
  await alice.stop(key);
  assert.deepEqual((await scene.hook.countedAtLeast(key, 1)).map(({ fact }) => fact), [{ model: 'm', usage }]);
});

test('a stream that ends in good order without [DONE] is complete', async () => {
  for (let n = 0; n < CUTS; n += 1) {
    const reply = await checkReplay('no-done', linesOf(FIXTURES, 'text.jsonl'), false);
    assert.equal(metadataOf(reply)['status'], undefined);
    assert.equal(metadataOf(reply)['finishReason'], 'stop');
  }
});

test('PERSIST_AFTER_PUMP: a stream that breaks off before its finish reason leaves the partial with its status', async () => {
  const key = scene.key('broken');
  const lines = linesOf(FIXTURES, 'text.jsonl').slice(0, 4);
  upstream.replay({ lines, isTerminated: false, isBroken: true });
  const stream = await alice.say(key, 'Hello');
  await stream.whole();
  const reply = (await alice.messages(key))[1];
  assert.ok(tell(lines).text.startsWith(textOf(reply)));
  assert.ok(['aborted', 'error'].includes(String(metadataOf(reply)['status'])));
});

test('a chunk that is not JSON does not end the stream', async () => {
  const key = scene.key('rubbish');
  const lines = linesOf(FIXTURES, 'text.jsonl');
  upstream.replay({ lines: [...lines.slice(0, 3), '{"choices":[{', '[]', '{"choices":"none"}', ...lines.slice(3)] });
  const stream = await alice.say(key, 'Hello');
  await stream.whole();
  assert.equal(textOf((await alice.messages(key))[1]), 'Hello there, how are you?');
});

test('SERVER_OWNS_MESSAGES: the operator\'s system prompt heads every request and is never stored; only offered models may be asked for', async () => {
  await scene.worker.restart(scene.vars({ SYSTEM_PROMPT: 'Be brief, says the operator.', OPENAI_MODELS: 'larger-model, other-model' }));
  const key = scene.key('system');
  upstream.replay({ lines: linesOf(FIXTURES, 'text.jsonl') });
  await (await alice.chat({ message: 'First', stateKey: key, model: 'larger-model' })).whole();
  assert.equal(upstream.last?.body.model, 'larger-model');
  await (await alice.chat({ message: 'Second', stateKey: key })).whole();
  assert.equal(upstream.last?.body.model, 'model-of-the-tests');
  assert.deepEqual(upstream.last?.body.messages.map((message) => message.role), ['system', 'user', 'assistant', 'user']);
  assert.equal(upstream.last?.body.messages[0]?.content, 'Be brief, says the operator.');
  assert.equal((await alice.thread(key)).text.includes('says the operator'), false);
  const refused = await alice.ask<ErrorBody>('POST', '/api/v1/ai/chat', { message: 'Third', stateKey: key, model: 'the-most-expensive-one' });
  assert.deepEqual([refused.status, refused.body.error.code], [400, 'invalid_request']);
  assert.equal((await alice.messages(key)).length, 4);
});

if (existsSync(RECORDINGS)) {
  for (const name of readdirSync(RECORDINGS).filter((name) => name.endsWith('.jsonl'))) {
    test(`the openai executor turns the provider recording ${name} into a thread, wherever it is cut`, async () => {
      for (let n = 0; n < CUTS; n += 1) await checkReplay(name, linesOf(RECORDINGS, name));
    });
  }
} else {
  test('recordings of real providers become threads', { skip: 'no ../shared/recordings beside the project' }, () => {});
}
