// What is masked is the operator's choice: MASKER takes what `createMasker` of the npm package takes.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { text } from './support/ai-event.ts';
import { userMessage, type ErrorBody } from './support/client.ts';
import { Scene } from './support/scene.ts';
import { PERSONAL } from './support/secrets.ts';
import { textOf } from './support/ui.ts';
import { until } from './support/until.ts';

const options = {
  without: ['email'],
  locales: ['pl'],
  allow: ['10.0.0.1'],
  rules: [{ name: 'employee-id', literals: ['EMP-'], pattern: 'd{6}', kind: 'personal' }],
};
const scene = await Scene.open({ MASKER: JSON.stringify(options) });
const alice = await scene.user('alice');

test('what the operator has chosen is masked in what both sides say, and nothing else', async () => {
  const key = scene.key('chosen');
  const said = `${PERSONAL.email}, 44051401458, EMP-123456, 10.0.0.1, 10.0.0.2`;
  const kept = `${PERSONAL.email}, [REDACTED_PESEL], [REDACTED_EMPLOYEE_ID], 10.0.0.1, [REDACTED_IP]`;
  await scene.talk(alice, key, said, ...[...said].map(text));
  assert.deepEqual((await alice.messages(key)).map(textOf), [kept, kept]);
});

for (const [what, wrong] of Object.entries({ 'no JSON': '{', 'no options': '{"locale":["pl"]}', 'no rule': '{"with":["e-mail"]}' })) {
  test(`MASKER: ${what} is a 500 that the log explains, and nothing is stored or asked`, async () => {
    const key = scene.key('wrong');
    await scene.worker.restart(scene.vars({ MASKER: wrong }));
    const before = scene.worker.output.length;
    const answer = await alice.ask<ErrorBody>('POST', '/api/v1/ai/chat', { id: key, messages: [userMessage('u', 'Hello')] });
    assert.deepEqual([answer.status, answer.body.error.code], [500, 'internal']);
    await until('the log says why', () => /"kind":"MASKER"/.test(scene.worker.output.slice(before)));
    await scene.worker.restart(scene.vars({}));
    assert.deepEqual(await alice.messages(key), []);
    assert.deepEqual(scene.upstream.of(key), []);
  });
}
