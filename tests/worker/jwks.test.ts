// The key set over HTTP: rotated keys are found, a provider that is down or talks nonsense lets nobody in and locks nobody out.

import { suite, test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { exportJWK, SignJWT } from 'jose';
import { Worker, type WorkerVars } from './harness.ts';
import { Client, JWT_SECRET, SERVICE_TOKEN, userToken, type ErrorBody } from './support/client.ts';
import { Issuer, issuerKey, tokenBy, type IssuerKey } from './support/issuer.ts';
import { until } from './support/until.ts';

type Outcome = [status: number, code: string | undefined];
const TAKEN: Outcome = [200, undefined];
const REFUSED: Outcome = [401, 'invalid_token'];
const UNAVAILABLE: Outcome = [502, 'upstream_unavailable'];

const [first, second] = await Promise.all([issuerKey('ES256', 'first'), issuerKey('ES256', 'second')]);

test('TENANT_SCOPED: a rotated key is found at its first token, and the withdrawn one is refused', async (t) => {
  const { issuer, outcome } = await open(t, first);
  assert.deepEqual(await outcome(await tokenBy(first)), TAKEN);
  issuer.keys = [second.jwk];
  assert.deepEqual(await outcome(await tokenBy(second)), TAKEN);
  assert.equal(issuer.requests, 2);
  assert.deepEqual(await outcome(await tokenBy(first)), REFUSED);
});

test('a provider that goes down does not lock out those whose key is known', async (t) => {
  const { issuer, outcome } = await open(t, first);
  assert.deepEqual(await outcome(await tokenBy(first)), TAKEN);
  issuer.stop();
  assert.deepEqual(await outcome(await tokenBy(first)), TAKEN);
});

test('a provider that was down at first is asked again', async (t) => {
  const { issuer, outcome } = await open(t, first);
  issuer.misbehave = (response) => response.writeHead(503).end();
  assert.deepEqual(await outcome(await tokenBy(first)), UNAVAILABLE);
  issuer.misbehave = undefined;
  await until('the keys are fetched', async () => (await outcome(await tokenBy(first)))[0] === 200);
});

const NONSENSE: [string, (response: ServerResponse) => void][] = [
  ['answers 500', (response) => response.writeHead(500).end('{"keys":[]}')],
  ['answers 404 with keys', (response) => response.writeHead(404).end(JSON.stringify({ keys: [first.jwk] }))],
  ['sends a page', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
  ['sends JSON of another shape', (response) => response.end('{"keys":{}}')],
  ['sends nothing', (response) => response.end()],
  ['breaks off', (response) => void response.writeHead(200, { 'content-length': '500' }).write('{"keys":[', () => response.destroy())],
  ['sends megabytes', (response) => response.end(JSON.stringify({ keys: [first.jwk], more: 'x'.repeat(4_000_000) }))],
  ['never answers', () => {}],
  ['never ends its answer', (response) => void response.writeHead(200).write('{"keys":[')],
];

// Side by side: two of them end by the worker's own deadline.
suite('502 upstream_unavailable, while other credentials still work', { concurrency: true }, () => {
  for (const [what, misbehave] of NONSENSE) {
    test(`a provider that ${what}`, async (t) => {
      const { issuer, outcome } = await open(t, first);
      issuer.misbehave = misbehave;
      assert.deepEqual(await outcome(await tokenBy(first)), UNAVAILABLE);
      assert.deepEqual(await outcome(await userToken('alice')), TAKEN);
      assert.deepEqual(await outcome(SERVICE_TOKEN), TAKEN);
    });
  }
});

test('keys that are of no use here do no harm to the others', async (t) => {
  const { issuer, outcome } = await open(t, first);
  const p384 = (await issuerKey('ES384', 'p384')).jwk;
  const offCurve = { kty: 'EC', crv: 'P-256', kid: 'bad', x: 'A'.repeat(43), y: 'A'.repeat(43) };
  issuer.keys = [null, 'x', {}, { kty: 'new' }, p384, offCurve, { ...second.jwk, use: 'enc' }, first.jwk] as typeof issuer.keys;
  assert.deepEqual(await outcome(await tokenBy(first)), TAKEN);
  assert.deepEqual(await outcome(await tokenBy(second)), REFUSED);
});

test('TENANT_SCOPED: a symmetric key of the set verifies nothing', async (t) => {
  const { issuer, outcome } = await open(t);
  const key = new Uint8Array(32).fill(7);
  issuer.keys = [{ ...(await exportJWK(key)), kid: 'oct', alg: 'HS256' }];
  const token = new SignJWT({ sub: 'alice' }).setExpirationTime('1h').setProtectedHeader({ alg: 'HS256', kid: 'oct' });
  assert.deepEqual(await outcome(await token.sign(key)), REFUSED);
});

test('a set without key ids is searched, and so is one for a token without', async (t) => {
  const [unnamed, other] = await Promise.all([issuerKey('EdDSA'), issuerKey('EdDSA')]);
  const { outcome } = await open(t, other, unnamed, first);
  assert.deepEqual(await outcome(await tokenBy(unnamed)), TAKEN);
  assert.deepEqual(await outcome(await tokenBy(unnamed, {}, { kid: 'any' })), TAKEN);
  assert.deepEqual(await outcome(await tokenBy({ ...first, kid: undefined })), TAKEN);
  assert.deepEqual(await outcome(await tokenBy(await issuerKey('EdDSA'))), REFUSED);
});

test('Ed25519 is taken under its newer name too', async (t) => {
  const key = await issuerKey('Ed25519', 'ed');
  const { outcome } = await open(t, key);
  assert.deepEqual(await outcome(await tokenBy(key)), TAKEN);
});

test('without a key set no public-key token is taken', async (t) => {
  const { outcome } = await open(t, first, { AUTH_JWKS_URL: '' });
  assert.deepEqual(await outcome(await tokenBy(first)), REFUSED);
});

/** A provider with these keys, a worker that trusts it, and what the worker says to a token. */
async function open(t: TestContext, ...given: (IssuerKey | WorkerVars)[]): Promise<{ issuer: Issuer; outcome: (token: string) => Promise<Outcome> }> {
  const keys = given.filter((one): one is IssuerKey => 'jwk' in one);
  const vars = given.filter((one): one is WorkerVars => !('jwk' in one));
  const issuer = await Issuer.start(...keys);
  const worker = await Worker.start(Object.assign({ EXECUTOR: 'demo', AUTH_JWT_SECRET: JWT_SECRET, SERVICE_TOKEN, AUTH_JWKS_URL: issuer.url }, ...vars));
  t.after(async () => {
    await worker.discard();
    issuer.stop();
  });
  const outcome = async (token: string): Promise<Outcome> => {
    const client = Client.bare(() => worker.url, { authorization: `Bearer ${token}`, 'x-threadkeep-owner': 'alice' });
    const answer = await client.ask<Partial<ErrorBody>>('GET', '/api/v1/ai/threads');
    return [answer.status, answer.body.error?.code];
  };
  return { issuer, outcome };
}
