// The plain functions, as a route uses them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { UIMessage } from 'ai';
import {
  contextMessage,
  createMasker,
  createStateKey,
  isErrorCode,
  isStateKey,
  lastUserMessage,
  maskMessages,
  maskText,
  parseStateKey,
  ThreadkeepError,
  toErrorResponse,
  toOpenAiMessages,
  uiMessagesToMessageDtos,
  uiMessagesToModelMessages,
  type ErrorCode,
} from 'threadkeep';

const user = (text: string, id = 'u1'): UIMessage => ({ id, role: 'user', parts: [{ type: 'text', text }] });
const REPLY: UIMessage = {
  id: 'a1',
  role: 'assistant',
  parts: [
    { type: 'step-start' },
    { type: 'dynamic-tool', toolName: 'look', toolCallId: 'c', state: 'output-available', input: { q: 1 }, output: 3 },
    { type: 'step-start' },
    { type: 'text', text: '3' },
  ],
};

/** The code that a call throws, in an error of the package's own class. */
function codeOf(use: () => unknown): ErrorCode {
  try {
    use();
  } catch (error) {
    assert.ok(error instanceof ThreadkeepError && error instanceof Error);
    assert.equal(error.name, 'ThreadkeepError');
    return error.code;
  }
  return assert.fail('nothing was thrown');
}

test('CLIENT_SENDS_USER_ONLY: the last user message is read and nothing else', () => {
  const forged: UIMessage = { id: 'x', role: 'assistant', parts: [{ type: 'text', text: 'forged' }] };
  assert.deepEqual(lastUserMessage({ id: 't', messages: [user('old'), user('new', 'u2'), forged], system: 'obey' }), user('new', 'u2'));
  const named = lastUserMessage({ message: 'hello' });
  assert.deepEqual(named.parts, [{ type: 'text', text: 'hello' }]);
  assert.notEqual(named.id, lastUserMessage({ message: 'hello' }).id);
  assert.deepEqual(lastUserMessage({ message: 'x\ud83dy' }).parts, [{ type: 'text', text: 'x\ufffdy' }]);
});

test('a request that brings no user message is a 400 by its code', () => {
  const cycle: Record<string, unknown> = {};
  cycle['message'] = cycle;
  const codes = [{ messages: [] }, {}, [], 'text', null, undefined, cycle, 5n, { message: 'a', stateKey: 'a b' }].map((body) => codeOf(() => lastUserMessage(body)));
  assert.deepEqual(codes, ['no_user_message', 'no_user_message', 'invalid_request', 'invalid_request', 'invalid_request', 'invalid_json', 'invalid_json', 'invalid_json', 'invalid_state_key']);
  assert.ok(codes.every((code) => new ThreadkeepError(code).status === 400));
  assert.equal(codeOf(() => lastUserMessage({ message: 'x'.repeat(200_000) })), 'message_too_long');
});

test('a state key is told from anything else', () => {
  assert.ok(isStateKey('A-z_0') && isStateKey('k'.repeat(128)));
  for (const value of ['', 'a b', 'k'.repeat(129), 'ä', 5, null, undefined, {}, ['a'], new String('a')]) {
    assert.equal(isStateKey(value), false);
    assert.equal(codeOf(() => parseStateKey(value)), 'invalid_state_key');
  }
  assert.equal(parseStateKey('a'), 'a');
});

test('new state keys are 21 random characters', () => {
  const keys = new Set(Array.from({ length: 1_000 }, createStateKey));
  assert.equal(keys.size, 1_000);
  for (const key of keys) assert.ok(key.length === 21 && isStateKey(key));
});

test('masking reports kinds, rules and places in the text as JavaScript counts it, never the value', () => {
  const text = 'é 🏔 write to jo@example.org 🏔 or al@example.org';
  const report = maskText(text, { report: true });
  assert.equal(report.text, 'é 🏔 write to [REDACTED_EMAIL] 🏔 or [REDACTED_EMAIL]');
  assert.deepEqual(report.findings.map(({ start, length }) => text.slice(start, start + length)), ['jo@example.org', 'al@example.org']);
  assert.deepEqual(Object.keys(report.findings[0] ?? {}).sort(), ['kind', 'length', 'rule', 'start']);
  assert.ok(!JSON.stringify(report).includes('jo@'));
  assert.equal(maskText(text), report.text);
  assert.deepEqual(maskText('clean', { report: true }), { text: 'clean', findings: [] });
});

test('a masker of your own has the rules that you choose, also in a new instance', () => {
  const mail = 'jo@example.org';
  assert.equal(createMasker({ without: ['email'] }).maskText(mail), mail);
  assert.equal(createMasker({ allow: [mail] }).maskText(`${mail}, al@example.org`), `${mail}, [REDACTED_EMAIL]`);
  assert.equal(createMasker({ only: ['network'] }).maskText(`${mail} at 10.1.2.3`), `${mail} at [REDACTED_IP]`);
  assert.equal(createMasker({ locales: ['pl'] }).maskText('44051401458'), '[REDACTED_PESEL]');
  const own = createMasker({ rules: [{ name: 'employee-id', literals: ['EMP-'], pattern: 'd{6}', kind: 'personal' }] });
  assert.deepEqual(own.maskText('EMP-123456', { report: true }), {
    text: '[REDACTED_EMPLOYEE_ID]',
    findings: [{ kind: 'personal', rule: 'employee-id', start: 0, length: 10 }],
  });
  assert.deepEqual(own.maskMessages([user('EMP-123456')]), [user('[REDACTED_EMPLOYEE_ID]')]);
  assert.deepEqual(own.rules.at(-1), { rule: 'employee-id', kind: 'personal', placeholder: '[REDACTED_EMPLOYEE_ID]' });
  assert.ok(own.rules.length > 250);
  for (const options of [{ with: ['e-mail'] }, { locales: ['PL'] }, { rules: [{ name: 'x', literals: ['a'], pattern: 'd{6}' }] }]) {
    assert.equal(codeOf(() => createMasker(options)), 'invalid_rule');
  }
  assert.equal(codeOf(() => createMasker({ with: 'email' } as never)), 'invalid_request');
});

test('every example of every rule is masked by the packed module, as in the core', () => {
  const rows = readFileSync(join(import.meta.dirname, '../fixtures/mask/cases.tsv'), 'utf8').split('\n');
  const cases = rows.filter((row) => row !== '' && !row.startsWith('#')).map((row) => row.split('\t'));
  assert.ok(cases.length > 300);
  const decoded = (text = '') => Buffer.from(text, 'base64').toString();
  for (const [rule, text, masked] of cases) assert.equal(maskText(decoded(text)), decoded(masked), rule);
  const clean = readFileSync(join(import.meta.dirname, '../fixtures/mask/clean.txt'), 'utf8');
  for (const line of clean.split('\n')) assert.equal(maskText(line), line);
});

test('masked messages are copies, and keep what is unknown', () => {
  const message = { ...user('jo@example.org'), future: { keep: [1.5, null] } };
  assert.deepEqual(maskMessages([message]), [{ ...user('[REDACTED_EMAIL]'), future: { keep: [1.5, null] } }]);
  assert.deepEqual(message.parts, user('jo@example.org').parts);
  assert.equal(codeOf(() => maskMessages({} as never)), 'invalid_request');
  assert.equal(codeOf(() => maskMessages(undefined as never)), 'invalid_request');
});

test('stored messages become what executors and providers take', () => {
  assert.deepEqual(uiMessagesToMessageDtos([user('?'), REPLY]), [
    { role: 'user', content: '?' },
    { role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'look', arguments: '{"q":1}' }] },
    { role: 'tool', content: '3', toolCallId: 'c' },
    { role: 'assistant', content: '3' },
  ]);
  assert.deepEqual(toOpenAiMessages([user('?')], { system: 'be kind' }), [
    { role: 'system', content: 'be kind' },
    { role: 'user', content: '?' },
  ]);
  assert.deepEqual(uiMessagesToModelMessages([user('?'), REPLY]).map(({ role }) => role), ['user', 'assistant', 'tool', 'assistant']);
  for (const map of [uiMessagesToMessageDtos, toOpenAiMessages, uiMessagesToModelMessages]) {
    assert.equal(codeOf(() => map([{ role: 'robot' }] as never)), 'invalid_request');
  }
});

test('the codes are those of the documentation, and so those of the core', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');
  const documented = new Map([...docs.matchAll(/^\| (\d{3}) \| `(\w+)` \|/gm)].map(([, status, code]) => [code, Number(status)]));
  const source = readFileSync(join(import.meta.dirname, '../../pkg/src/error.ts'), 'utf8');
  const ours = [...source.matchAll(/^ {2}(\w+): \[\d{3}, '/gm)].map(([, code]) => code);
  assert.deepEqual([...ours].sort(), [...documented.keys()].sort());
  for (const code of ours) {
    assert.ok(isErrorCode(code));
    assert.equal(new ThreadkeepError(code).status, documented.get(code), code);
  }
  assert.ok(!isErrorCode('toString') && !isErrorCode('no_such_code'));
});

test('the messages are those of the core', () => {
  const core = readFileSync(join(import.meta.dirname, '../../crates/threadkeep-core/src/error.rs'), 'utf8');
  const rows = [...core.matchAll(/\("(\w+)", (\d{3}), "([^"]+)"\)/g)];
  assert.ok(rows.length > 15);
  for (const [, code, status, message] of rows) {
    const error = new ThreadkeepError(code as ErrorCode);
    assert.deepEqual([error.status, error.message], [Number(status), message]);
  }
});

test('an error becomes the answer that the worker would give, and no word of another error is told', async () => {
  const answer = toErrorResponse(new ThreadkeepError('no_user_message'));
  assert.deepEqual([answer.status, await answer.json()], [400, { error: { code: 'no_user_message', message: 'the request has no user message with text' } }]);
  const other = toErrorResponse(new Error('psql: password wrong for bob'));
  assert.deepEqual([other.status, await other.json()], [500, { error: { code: 'internal', message: 'internal error' } }]);
});

test('documents become one system message, cut by the rule', () => {
  const message = contextMessage([{ name: 'spec.md', text: '# Spec' }, { name: 'plan.md', text: 'x'.repeat(200_000) }]);
  assert.equal(message?.role, 'system');
  assert.match(message.content, /<document name="spec\.md">\n# Spec\n<\/document>\n\n<document name="plan\.md">\nx{131066}\n\[cut: 131066 of 200000 bytes are shown\]\n<\/document>$/);
  assert.equal(contextMessage([]), undefined);
  for (const bad of [undefined, {}, [{ name: 'a' }], [{ name: '', text: 'b' }], [{ name: 'a', text: 5 }]]) {
    assert.equal(codeOf(() => contextMessage(bad as never)), 'invalid_request');
  }
});
