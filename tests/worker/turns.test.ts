// One turn, from the executor's events to the client's chunks to the stored message.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { done, final, reasoning, status, text, toolCall, toolFailure, toolResult } from './support/ai-event.ts';
import { EVENTS_TOKEN, Scene } from './support/scene.ts';
import { assertWireProfile, foldBySdk, metadataOf, shapeOf, textOf } from './support/ui.ts';

const scene = await Scene.open();
const alice = await scene.user('alice');

test('UIMESSAGE_IS_CONTRACT: what is stored is what the AI SDK builds from the same stream', async () => {
  const key = scene.key('contract');
  const { stream } = await scene.talk(
    alice,
    key,
    'Everything please',
    reasoning('Let me '),
    reasoning('think.'),
    text('I will '),
    text('look it up. '),
    toolCall('c1', 'search', { query: 'weather', nested: { list: [1, 2.5, null, 'x'] } }),
    toolResult('c1', { hits: ['sunny'] }),
    text('It is sunny.'),
  );
  const reply = (await alice.messages(key))[1];
  assert.deepEqual(reply, await foldBySdk(stream.chunks));
  await assertWireProfile(stream.chunks);
});

test('UIMESSAGE_IS_CONTRACT: tool parts are stored in order with their states, a failed tool as output-error', async () => {
  const key = scene.key('tools');
  const { stream } = await scene.talk(
    alice,
    key,
    'Use tools',
    text('First both. '),
    toolCall('c1', 'lookup', { id: 1 }),
    toolCall('c2', 'divide', { by: 0 }),
    toolResult('c1', ['found']),
    toolFailure('c2', 'division by zero'),
    text('Then one more. '),
    toolCall('c3', 'lookup', { id: 2 }),
    toolResult('c3', null),
    text('Done.'),
  );
  const reply = (await alice.messages(key))[1];
  assert.deepEqual(shapeOf(reply), [
    'step-start',
    'text',
    'dynamic-tool:output-available',
    'dynamic-tool:output-error',
    'step-start',
    'text',
    'dynamic-tool:output-available',
    'step-start',
    'text',
  ]);
  const tools = reply?.parts.filter((part) => part.type === 'dynamic-tool') ?? [];
  assert.deepEqual(tools.map((part) => part.toolCallId), ['c1', 'c2', 'c3']);
  assert.deepEqual(tools[0]?.output, ['found']);
  assert.equal(tools[1]?.errorText, 'division by zero');
  assert.deepEqual(tools[1]?.input, { by: 0 });
  assert.equal(stream.chunks.filter((chunk) => chunk.type === 'tool-output-error').length, 1);
});

test('UIMESSAGE_IS_CONTRACT: on the next turn the upstream gets each result between its call and the text that follows', async () => {
  const key = scene.key('mapper');
  await scene.talk(alice, key, 'Use a tool', text('Looking. '), toolCall('c1', 'lookup', { id: 1 }), toolResult('c1', { name: 'Ada' }), text('Ada.'));
  const { turn } = await scene.talk(alice, key, 'Thanks', text('Welcome.'));
  const [question, call, result, answer, next] = turn.request.messages;
  assert.deepEqual(question, { role: 'user', content: 'Use a tool' });
  assert.ok(call?.role === 'assistant');
  assert.equal(call.content.trim(), 'Looking.');
  assert.deepEqual(call.toolCalls?.map((tool) => [tool.id, tool.name, JSON.parse(tool.arguments)]), [['c1', 'lookup', { id: 1 }]]);
  assert.ok(result?.role === 'tool');
  assert.equal(result.toolCallId, 'c1');
  assert.deepEqual(JSON.parse(result.content), { name: 'Ada' });
  assert.deepEqual(answer, { role: 'assistant', content: 'Ada.' });
  assert.deepEqual(next, { role: 'user', content: 'Thanks' });
});

test('UIMESSAGE_IS_CONTRACT: usage and finish reason of done go to the message metadata', async () => {
  const key = scene.key('metadata');
  const { stream } = await scene.talk(alice, key, 'Hi', text('Hello'));
  const metadata = metadataOf((await alice.messages(key))[1]);
  assert.equal(metadata['finishReason'], 'stop');
  assert.deepEqual(metadata['usage'], { promptTokens: 3, completionTokens: 5 });
  assert.equal(metadata['status'], undefined);
  const finish = stream.chunks.find((chunk) => chunk.type === 'finish');
  assert.ok(finish, 'a finish chunk');
});

test('UIMESSAGE_IS_CONTRACT: assistant_final adds what was not streamed, and wins where it differs', async () => {
  const key = scene.key('final');
  const longer = await scene.talk(alice, key, 'Longer', text('The answer is'), final('The answer is 42.'));
  assert.equal(longer.stream.text, 'The answer is 42.');
  await scene.talk(alice, key, 'Other', text('The answer is 41.'), final('The answer is 42.'));
  const stored = await alice.messages(key);
  assert.deepEqual([textOf(stored[1]), textOf(stored[3])], ['The answer is 42.', 'The answer is 42.']);
});

test('AIEVENT_NEVER_VERBATIM: clients see AI SDK chunks only', async () => {
  const key = scene.key('verbatim');
  const { stream } = await scene.talk(alice, key, 'Hi', status('thinking', 'Pondering'), reasoning('r'), text('t'), toolCall('c', 'f', {}), toolResult('c', 1), final('t'));
  await assertWireProfile(stream.chunks);
  for (const name of ['text_delta', 'reasoning_delta', 'tool_call_start', 'tool_call_result', 'assistant_final', '"status"', '"done"']) {
    assert.equal(stream.raw.includes(`"type":${name.startsWith('"') ? name : `"${name}"`}`), false, name);
  }
});

test('AIEVENT_NEVER_VERBATIM: a status is sent as transient data and never stored', async () => {
  const key = scene.key('status');
  const { stream } = await scene.talk(alice, key, 'Hi', status('tool_use', 'Searching'), text('Found'));
  const sent = stream.chunks.find((chunk) => chunk.type === 'data-status');
  assert.deepEqual(sent, { type: 'data-status', data: { phase: 'tool_use', label: 'Searching' }, transient: true });
  assert.deepEqual(shapeOf((await alice.messages(key))[1]), ['step-start', 'text']);
});

test('an unknown event, a result for an unknown call and a broken line do not end the stream', async () => {
  const key = scene.key('odd');
  const { stream, turn } = await scene.begin(alice, key, 'Hi');
  turn.send(text('Before '));
  turn.raw('{"type":"citation","url":"x"}\n{"no":"type"}\nnot json\n[]\n\n');
  turn.send(toolResult('never-called', 1), toolCall('c', 'f', {}), toolCall('c', 'f', {}), toolResult('c', 2));
  turn.end(text('after.'), done());
  await stream.whole();
  await assertWireProfile(stream.chunks);
  assert.equal(textOf((await alice.messages(key))[1]), 'Before after.');
});

for (const format of ['ndjson', 'sse'] as const) {
  test(`the events executor reads ${format}, cut inside lines and letters, with comments between`, async () => {
    const key = scene.key(format);
    scene.upstream.format = format;
    const { stream, turn } = await scene.begin(alice, key, 'Grüße');
    scene.upstream.format = 'ndjson';
    const bytes = Buffer.from(turn.frame(text('Grüße aus 東京 🗼')), 'utf8');
    for (const byte of bytes) turn.raw(Uint8Array.of(byte));
    turn.raw(format === 'sse' ? ': keep-alive\n\n' : '\n');
    turn.raw(turn.frame(done()).replace('\n', '\r\n'));
    turn.end();
    await stream.whole();
    assert.equal(stream.text, 'Grüße aus 東京 🗼');
    assert.equal(textOf((await alice.messages(key))[1]), 'Grüße aus 東京 🗼');
    assert.equal(turn.method, 'POST');
    assert.equal(turn.headers.authorization, `Bearer ${EVENTS_TOKEN}`);
  });
}

test('a letter that an executor cuts in two across deltas is whole in the reply', async () => {
  const key = scene.key('surrogates');
  const { stream, turn } = await scene.begin(alice, key, 'Smile');
  // Executors that count UTF-16 units cut like this; each half alone is no text, but it is JSON.
  turn.raw('{"type":"text_delta","delta":"so \\ud83d"}\n{"type":"text_delta","delta":"\\ude00 there"}\n');
  turn.end(done());
  await stream.whole();
  assert.equal(textOf((await alice.messages(key))[1]), 'so 😀 there');
});

test('STATE_KEY_LIFECYCLE: the client\'s key is used and answered, an id serves when there is none, else one is generated', async () => {
  scene.upstream.script((turn) => turn.end(text('ok'), done()));
  try {
    const given = await alice.chat({ message: 'a', stateKey: 'given_Key-1', id: 'other' });
    assert.equal(given.stateKey, 'given_Key-1');
    const byId = await alice.chat({ message: 'b', id: 'by-id-1' });
    assert.equal(byId.stateKey, 'by-id-1');
    const generated = await alice.chat({ message: 'c' });
    assert.match(generated.stateKey, /^[A-Za-z0-9_-]{21}$/);
    const another = await alice.chat({ message: 'd', id: 'not a valid key!' });
    assert.match(another.stateKey, /^[A-Za-z0-9_-]{21}$/);
    assert.notEqual(another.stateKey, generated.stateKey);
    for (const stream of [given, byId, generated, another]) {
      await stream.whole();
      assert.equal((await alice.messages(stream.stateKey)).length, 2);
    }
  } finally {
    scene.upstream.script(undefined);
  }
});

test('the answer carries the headers of a UI message stream, and its start chunk the id of the stored reply', async () => {
  const key = scene.key('headers');
  const { stream } = await scene.talk(alice, key, 'Hi', text('Hello'));
  const headers = stream.response.headers;
  assert.match(headers.get('content-type') ?? '', /^text\/event-stream/);
  assert.equal(headers.get('x-vercel-ai-ui-message-stream'), 'v1');
  assert.match(headers.get('cache-control') ?? '', /no-cache/);
  assert.equal(headers.get('x-accel-buffering'), 'no');
  assert.equal(headers.get('x-state-key'), key);
  const start = stream.chunks[0];
  assert.ok(start?.type === 'start' && start.messageId);
  assert.equal((await alice.messages(key))[1]?.id, start.messageId);
});

test('a thread is answered with no-store, and its revision grows with every change', async () => {
  const key = scene.key('revision');
  const unknown = await alice.thread(key);
  assert.deepEqual(unknown.body, { stateKey: key, messages: [], revision: 0 });
  assert.match(unknown.headers.get('cache-control') ?? '', /no-store/);
  await scene.talk(alice, key, 'One', text('1'));
  const first = (await alice.thread(key)).body.revision;
  await scene.talk(alice, key, 'Two', text('2'));
  const second = (await alice.thread(key)).body.revision;
  assert.ok(first > 0 && second > first);
});

test('PERSIST_AFTER_PUMP: the user message is stored before execution, the reply only after the upstream ended', async () => {
  const key = scene.key('pump');
  const { stream, turn } = await scene.begin(alice, key, 'Are you there?');
  assert.deepEqual((await alice.messages(key)).map((message) => message.role), ['user']);
  turn.send(text('Nearly'));
  await stream.reads('Nearly');
  assert.deepEqual((await alice.messages(key)).map((message) => message.role), ['user'], 'history ends with the question while the turn runs');
  turn.end(text(' done'), done());
  await stream.whole();
  assert.deepEqual((await alice.messages(key)).map((message) => message.role), ['user', 'assistant']);
});

test('a value that is nested very deep is kept as text, and the thread goes on', async () => {
  const key = scene.key('deep');
  const deep = (depth: number): unknown => (depth === 0 ? 'end' : [deep(depth - 1)]);
  await scene.talk(alice, key, 'Dig', toolCall('c', 'dig', { at: deep(100) }), toolResult('c', deep(110)), text('Deep.'));
  const tool = (await alice.messages(key))[1]?.parts.find((part) => part.type === 'dynamic-tool');
  assert.equal(tool?.output, JSON.stringify(deep(110)));
  await scene.talk(alice, key, 'Again', text('Still here.'));
  assert.equal(textOf((await alice.messages(key))[3]), 'Still here.');
});
