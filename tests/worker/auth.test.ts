// Nothing is open by default: the owner is who a verified credential says, and no one else.

import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { base64url, exportSPKI, importJWK, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';
import { Worker } from './harness.ts';
import { Client, JWT_SECRET, SERVICE_TOKEN, userMessage, userToken, type ErrorBody } from './support/client.ts';
import { until } from './support/until.ts';
import { Issuer, issuerKey, tokenBy } from './support/issuer.ts';
import { Scene, showOutputOfFailures } from './support/scene.ts';

const scene = await Scene.open();
const LIST = '/api/v1/ai/threads';
const secret = new TextEncoder().encode(JWT_SECRET);

const PROTECTED = [
  ['POST', '/api/v1/ai/chat', { message: 'x' }],
  ['GET', '/api/v1/ai/chat/k/stream', undefined],
  ['POST', '/api/v1/ai/chat/k/stop', undefined],
  ['GET', LIST, undefined],
  ['GET', `${LIST}/k`, undefined],
  ['PUT', `${LIST}/k`, { messages: [], expectedMessageCount: 0 }],
  ['PATCH', `${LIST}/k`, { title: 'x' }],
  ['DELETE', `${LIST}/k`, undefined],
  ['POST', `${LIST}/k/messages`, { messages: [userMessage('u', 'x')] }],
] as const;

for (const [method, path, body] of PROTECTED) {
  test(`TENANT_SCOPED: ${method} ${path} without a credential is 401 unauthenticated`, async () => {
    const answer = await scene.bare().ask<ErrorBody>(method, path, body);
    assert.deepEqual([answer.status, answer.body.error.code], [401, 'unauthenticated']);
    assert.match(answer.headers.get('www-authenticate') ?? 'Bearer', /^Bearer/);
  });
}

const sign = (claims: Record<string, unknown>, alg = 'HS256', key: Uint8Array = secret): Promise<string> => new SignJWT(claims).setProtectedHeader({ alg }).sign(key);
const inAnHour = Math.floor(Date.now() / 1000) + 3_600;
const FORGED: [string, () => Promise<string> | string][] = [
  ['signed with another secret', () => userToken('alice', '1h', 'another-secret-of-at-least-32-bytes!')],
  ['expired', () => userToken('alice', '-10m')],
  ['without an expiry', () => sign({ sub: 'alice' })],
  ['without a subject', () => sign({ exp: inAnHour })],
  ['with an empty subject', () => sign({ sub: '', exp: inAnHour })],
  ['with a subject that is no text', () => sign({ sub: 7, exp: inAnHour })],
  ['not valid yet', () => sign({ sub: 'alice', exp: inAnHour, nbf: inAnHour - 60 })],
  ['with an expiry that is no number', () => sign({ sub: 'alice', exp: 'tomorrow' as unknown as number })],
  ['with alg none', () => new UnsecuredJWT({}).setSubject('alice').setExpirationTime('1h').encode()],
  ['with HS512', () => sign({ sub: 'alice', exp: inAnHour }, 'HS512')],
  ['whose payload was changed', async () => tampered(await userToken('alice'))],
  ['without a signature', async () => `${(await userToken('alice')).split('.').slice(0, 2).join('.')}.`],
  ['of two parts', async () => (await userToken('alice')).split('.').slice(0, 2).join('.')],
  ['of rubbish', () => 'a.b.c'],
  ['of nothing but dots', () => '..'],
  ['that is the signing secret itself', () => JWT_SECRET],
  ['that is most of the service token', () => SERVICE_TOKEN.slice(0, -1)],
];

for (const [what, token] of FORGED) {
  test(`TENANT_SCOPED: a token ${what} is 401 invalid_token`, async () => {
    const answer = await scene.bare({ authorization: `Bearer ${await token()}` }).ask<ErrorBody>('GET', LIST);
    assert.deepEqual([answer.status, answer.body.error.code], [401, 'invalid_token']);
  });
}

test('a credential of another kind is no credential', async () => {
  for (const authorization of ['Basic YWxpY2U6eA==', 'Bearer', 'Bearer ', 'bearer', 'Digest x', 'alice']) {
    const answer = await scene.bare({ authorization }).ask<ErrorBody>('GET', LIST);
    assert.deepEqual([answer.status, answer.body.error.code], [401, 'unauthenticated'], authorization);
  }
});

test('a good token is taken, whatever the case of the scheme', async () => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
    assert.equal((await scene.bare({ authorization: `${scheme} ${await userToken('alice')}` }).ask('GET', LIST)).status, 200, scheme);
  }
});

test('a service names the owner it acts for; without one it is refused', async () => {
  assert.equal((await scene.service('alice').list()).status, 200);
  for (const owner of [undefined, '', ' ', 'zo\u00eb', 'x'.repeat(257)]) {
    const headers = { authorization: `Bearer ${SERVICE_TOKEN}`, ...(owner === undefined ? {} : { 'x-threadkeep-owner': owner }) };
    const answer = await scene.bare(headers).ask<ErrorBody>('GET', LIST);
    assert.deepEqual([answer.status, answer.body.error.code], [400, 'invalid_request'], `owner "${owner}"`);
  }
});

test('TENANT_SCOPED: a service and a user of the same owner see the same thread', async () => {
  const key = scene.key('same');
  await scene.service('olga').append(key, [userMessage('u', 'By the service')]);
  assert.equal((await (await scene.user('olga')).messages(key)).length, 1);
});

test('nothing is open by default: a worker without secrets takes no credential at all', async (t) => {
  const bare = await Worker.start({ EXECUTOR: 'demo' });
  t.after(() => bare.discard());
  const empty = await sign({ sub: 'alice', exp: inAnHour }, 'HS256', new TextEncoder().encode('x')).catch(() => '');
  for (const authorization of [`Bearer ${await userToken('alice')}`, `Bearer ${SERVICE_TOKEN}`, 'Bearer ', 'Bearer undefined', 'Bearer null', `Bearer ${empty}`]) {
    const client = Client.bare(() => bare.url, { authorization, 'x-threadkeep-owner': 'alice' });
    const answer = await client.ask<ErrorBody>('GET', LIST);
    assert.deepEqual([answer.status, answer.body.error.code], [500, 'internal'], authorization);
  }
  // The operator reads why; the client does not.
  assert.match(bare.output, /no AUTH_JWT_SECRET, AUTH_JWKS_URL or SERVICE_TOKEN/);
  const demo = Client.bare(() => bare.url);
  assert.equal((await demo.ask('POST', '/demo/token', { name: 'alice' })).status, 404);
});

test('empty secrets count as unset', async (t) => {
  const worker = await Worker.start({ EXECUTOR: 'demo', AUTH_JWT_SECRET: '', SERVICE_TOKEN: '' });
  t.after(() => worker.discard());
  const forged = `${base64url.encode('{"alg":"HS256"}')}.${base64url.encode(JSON.stringify({ sub: 'alice', exp: inAnHour }))}`;
  const key = await crypto.subtle.importKey('raw', new Uint8Array([0]), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signature = base64url.encode(new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(forged))));
  for (const token of ['', `${forged}.${signature}`, `${forged}.`]) {
    const client = Client.bare(() => worker.url, { authorization: `Bearer ${token}`, 'x-threadkeep-owner': 'alice' });
    assert.equal((await client.ask('GET', LIST)).status, 500);
  }
});

test('a secret that can be guessed is not used', async (t) => {
  const secret = 'only-31-bytes-of-shared-secret!';
  const credentials = { AUTH_JWT_SECRET: await userToken('alice', '1h', secret), SERVICE_TOKEN: secret };
  for (const [name, bearer] of Object.entries(credentials)) {
    const worker = await Worker.start({ EXECUTOR: 'demo', [name]: secret });
    t.after(() => worker.discard());
    const client = Client.bare(() => worker.url, { authorization: `Bearer ${bearer}`, 'x-threadkeep-owner': 'alice' });
    assert.equal((await client.ask('GET', LIST)).status, 500);
    await until('the log tells the operator', () => worker.output.includes('AUTH_JWT_SECRET or SERVICE_TOKEN is shorter than 32 bytes'));
  }
});

test('the demo\'s token route signs short-lived tokens where it is enabled', async (t) => {
  const worker = await Worker.start({ EXECUTOR: 'demo', AUTH_JWT_SECRET: JWT_SECRET, DEMO_TOKENS: 'enabled' });
  t.after(() => worker.discard());
  const anyone = Client.bare(() => worker.url);
  const issued = await anyone.ask<{ token: string; expiresAt: string | number }>('POST', '/demo/token', { name: 'alice' });
  assert.equal(issued.status, 200, issued.text);
  const expiresAt = new Date(issued.body.expiresAt).getTime();
  assert.ok(expiresAt > Date.now() && expiresAt <= Date.now() + 3_700_000);
  assert.equal((await Client.bare(() => worker.url, { authorization: `Bearer ${issued.body.token}` }).ask('GET', LIST)).status, 200);
  for (const body of [{}, { name: '' }, { name: 5 }, [], 'x', { name: 'x'.repeat(10_000) }]) {
    const refused = await anyone.ask<ErrorBody>('POST', '/demo/token', body);
    assert.equal(refused.status, 400, JSON.stringify(body).slice(0, 40));
  }
});

const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const;
const keys = new Map(await Promise.all(ALGORITHMS.map(async (alg) => [alg, await issuerKey(alg, `key-${alg}`)] as const)));
const issuer = await Issuer.start(...keys.values());
const byJwks = await Worker.start({ EXECUTOR: 'demo', AUTH_JWKS_URL: issuer.url, AUTH_AUDIENCE: 'threadkeep', AUTH_ISSUER: 'https://issuer.example' });
showOutputOfFailures(byJwks);
after(async () => {
  await byJwks.discard();
  issuer.stop();
});

/** The status for a token that the issuer signed with these differences. */
async function statusFor(alg: (typeof ALGORITHMS)[number], claims: Record<string, unknown> = {}, kid = `key-${alg}`): Promise<number> {
  const token = await tokenBy(keys.get(alg)!, { aud: 'threadkeep', iss: 'https://issuer.example', ...claims }, { kid });
  return (await Client.bare(() => byJwks.url, { authorization: `Bearer ${token}` }).ask('GET', LIST)).status;
}

for (const alg of ALGORITHMS) {
  test(`TENANT_SCOPED: a token signed with ${alg} by a key of the JWKS is taken`, async () => {
    assert.equal(await statusFor(alg), 200);
    assert.equal(await statusFor(alg, { aud: ['other', 'threadkeep'] }), 200);
  });

  test(`TENANT_SCOPED: an ${alg} token for another audience, by another issuer, expired or with an unknown key is 401`, async () => {
    assert.equal(await statusFor(alg, { aud: 'someone-else' }), 401);
    assert.equal(await statusFor(alg, { aud: undefined }), 401);
    assert.equal(await statusFor(alg, { iss: 'https://other.example' }), 401);
    assert.equal(await statusFor(alg, { exp: inAnHour - 7_200 }), 401);
    assert.equal(await statusFor(alg, {}, 'no-such-key'), 401);
  });
}

test('TENANT_SCOPED: the public key is no HMAC secret', async () => {
  const { jwk } = keys.get('RS256')!;
  const publicKey = (await importJWK(jwk, 'RS256', { extractable: true })) as CryptoKey;
  for (const material of [await exportSPKI(publicKey), JSON.stringify(jwk)]) {
    const token = await new SignJWT({ sub: 'alice', aud: 'threadkeep', iss: 'https://issuer.example', exp: inAnHour })
      .setProtectedHeader({ alg: 'HS256', kid: 'key-RS256' })
      .sign(new TextEncoder().encode(material));
    assert.equal((await Client.bare(() => byJwks.url, { authorization: `Bearer ${token}` }).ask('GET', LIST)).status, 401);
  }
});

test('TENANT_SCOPED: a key of one kind does not verify another algorithm', async () => {
  assert.equal(await statusFor('ES256', {}, 'key-RS256'), 401);
  assert.equal(await statusFor('EdDSA', {}, 'key-ES256'), 401);
});

test('the JWKS is kept between requests, and unknown keys do not make a request each', async () => {
  await statusFor('ES256');
  const before = issuer.requests;
  for (let n = 0; n < 10; n += 1) await statusFor('ES256');
  assert.equal(issuer.requests, before);
  for (let n = 0; n < 20; n += 1) await statusFor('ES256', {}, `flood-${n}`);
  assert.ok(issuer.requests - before <= 3, `${issuer.requests - before} requests for 20 unknown keys`);
});

function tampered(token: string): string {
  const [header, , signature] = token.split('.');
  return [header, base64url.encode(JSON.stringify({ sub: 'mallory', exp: inAnHour })), signature].join('.');
}
