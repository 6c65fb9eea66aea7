// Logs are one structured line per request and per turn, and hold nothing of what people said.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { done, failure, reasoning, text, toolCall, toolResult, usage } from './support/ai-event.ts';
import { userMessage, userToken, JWT_SECRET, SERVICE_TOKEN } from './support/client.ts';
import { EVENTS_TOKEN, HOOK_TOKEN, Scene } from './support/scene.ts';
import { SECRETS } from './support/secrets.ts';
import { until } from './support/until.ts';

const scene = await Scene.open();
const OWNER = 'owner-whose-name-is-private';
const alice = await scene.user(OWNER);

/** The structured lines so far. */
function lines(): Record<string, unknown>[] {
  return scene.worker.output
    .split('\n')
    .filter((line) => line.includes('{'))
    .flatMap((line) => {
      try {
        return [JSON.parse(line.slice(line.indexOf('{'))) as Record<string, unknown>];
      } catch {
        return [];
      }
    });
}

test('every request and every turn writes one structured line, with route, code, sizes and timings', async () => {
  const before = lines().length;
  const key = scene.key('lines');
  await scene.talk(alice, key, 'Hello', text('Hello to you'));
  await alice.ask('GET', `/api/v1/ai/threads/${key}`);
  await alice.ask('GET', '/nowhere');
  const written = await until('four log lines', () => {
    const since = lines().slice(before);
    return since.length >= 4 && since;
  });
  const statuses = written.map((line) => line['status']).filter((status) => typeof status === 'number');
  assert.ok(statuses.includes(200) && statuses.includes(404), JSON.stringify(written));
  assert.ok(written.every((line) => Object.values(line).some((value) => typeof value === 'string')), 'each names what it is about');
  assert.ok(written.every((line) => Object.entries(line).some(([name, value]) => /ms$/i.test(name) && typeof value === 'number')), `each has a timing: ${JSON.stringify(written)}`);
});

test('the line of a request that an object refuses has the code, and the answer has no header of our own', async () => {
  const before = lines().length;
  const backend = scene.service(OWNER);
  const key = scene.key('refused');
  const refusals = [
    await backend.save(key, [userMessage('u', 'x')], 7),
    await backend.ask('PUT', `/api/v1/ai/threads/${key}`, '{'),
    await alice.patch(key, { title: 'x' }),
  ];
  const chat = alice.ask('POST', '/api/v1/ai/chat', { id: key, message: 'x' });
  (await scene.upstream.next(key)).refuse(500);
  refusals.push((await chat) as (typeof refusals)[0]);
  for (const { headers } of refusals) assert.deepEqual([...headers.keys()].filter((name) => name.startsWith('x-threadkeep')), []);
  const codes = await until('four lines with a code', () => {
    const codes = lines().slice(before).filter((line) => 'route' in line).map((line) => line['code']);
    return codes.length >= 4 && codes;
  });
  assert.deepEqual(codes, ['thread_conflict', 'invalid_json', 'not_found', 'upstream_unavailable']);
});

test('REDACT_BEFORE_PERSIST: the line of a write counts what was masked, and so does that of a turn for its question', async () => {
  const before = lines().length;
  const backend = scene.service(OWNER);
  const key = scene.key('written');
  await backend.save(key, [userMessage('u1', SECRETS.github)], 0);
  await backend.append(key, [userMessage('u2', SECRETS.github)]);
  await scene.talk(alice, key, SECRETS.github, text('Yes'));
  const counts = await until('three lines with counts', () => {
    const counts = lines().slice(before).flatMap((line) => ('masked' in line ? [line['masked'] as Record<string, number>] : []));
    return counts.length >= 3 && counts;
  });
  assert.deepEqual(counts.map((rules) => Object.values(rules)), [[1], [1], [1]]);
});

test('REDACT_BEFORE_PERSIST: a turn\'s line counts what was masked', async () => {
  const key = scene.key('counts');
  const before = lines().length;
  await scene.talk(alice, key, 'Hello', text(`Key ${SECRETS.aws} and ${SECRETS.github}.`));
  await until('a line with mask counts', () => lines().slice(before).some((line) => /mask/i.test(JSON.stringify(line)) && /[1-9]/.test(JSON.stringify(Object.entries(line).filter(([name]) => /mask/i.test(name))))));
});

test('no log line holds text, secrets, tool data, tokens, titles or the words of a broken request', async () => {
  const key = scene.key('quiet');
  const words = {
    question: 'QuestionThatIsPrivate',
    answer: 'AnswerThatIsPrivate',
    thought: 'ThoughtThatIsPrivate',
    toolInput: 'InputThatIsPrivate',
    toolOutput: 'OutputThatIsPrivate',
    fact: 'FactThatIsPrivate',
    title: 'TitleThatIsPrivate',
    broken: 'BrokenBodyThatIsPrivate',
    upstreamError: 'UpstreamErrorThatIsPrivate',
    refusal: 'RefusalThatIsPrivate',
    unknownEvent: 'UnknownEventThatIsPrivate',
    query: 'QueryThatIsPrivate',
  };
  const { stream, turn } = await scene.begin(alice, key, words.question);
  turn.send(reasoning(words.thought), toolCall('c', 'f', { a: words.toolInput }), toolResult('c', { b: words.toolOutput }), usage({ fact: words.fact }));
  turn.raw(`{"type":"mystery","text":"${words.unknownEvent}"}\nnot json ${words.unknownEvent}\n`);
  turn.end(text(`${words.answer} ${SECRETS.openai}`), done());
  await stream.whole();
  const failed = await scene.begin(alice, key, words.question);
  failed.turn.end(text('x'), failure(words.upstreamError));
  await failed.stream.whole();
  const refused = alice.ask('POST', '/api/v1/ai/chat', { id: key, message: words.question });
  (await scene.upstream.next(key)).refuse(500, words.refusal);
  await refused;
  await alice.patch(key, { title: words.title });
  await alice.ask('POST', '/api/v1/ai/chat', `{"${words.broken}`);
  await alice.ask('GET', `/api/v1/ai/threads?cursor=${words.query}`);
  await alice.ask('GET', `/nowhere/${words.query}?token=${words.query}`);
  await scene.bare({ authorization: `Bearer ${words.query}` }).ask('GET', '/api/v1/ai/threads');
  await scene.service(OWNER).append(key, [userMessage('u', words.question)]);
  await scene.worker.stop();

  const secrets = [...Object.values(SECRETS), JWT_SECRET, SERVICE_TOKEN, EVENTS_TOKEN, HOOK_TOKEN, OWNER, (await userToken(OWNER)).split('.')[0]!];
  for (const forbidden of [...Object.values(words), ...secrets]) {
    const line = scene.worker.output.split('\n').find((line) => line.includes(forbidden));
    assert.equal(line, undefined, `${forbidden.slice(0, 24)} is in the log`);
  }
});
