// An identity provider on loopback: signs tokens and publishes its keys, as well or as badly as a spec wants.

import type { ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { Loopback } from './loopback.ts';

export type IssuerKey = { alg: string; kid: string | undefined; privateKey: CryptoKey; jwk: JWK };

/** Signs a token with `key`; `kid` as in the key unless said otherwise. */
export async function tokenBy(key: IssuerKey, claims: Record<string, unknown> = {}, header: { alg?: string; kid?: string } = {}): Promise<string> {
  const protectedHeader = { alg: key.alg, ...(key.kid === undefined ? {} : { kid: key.kid }), ...header };
  const inAnHour = Math.floor(Date.now() / 1000) + 3_600;
  return new SignJWT({ sub: 'alice', exp: inAnHour, ...claims }).setProtectedHeader(protectedHeader).sign(key.privateKey);
}

/** A key pair as it stands in a key set. */
export async function issuerKey(alg: string, kid?: string): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const named = kid === undefined ? {} : { kid };
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), ...named, alg, use: 'sig' } };
}

export class Issuer {
  /** What the key set holds now. */
  keys: JWK[] = [];
  /** Answers in place of the key set while it is set. */
  misbehave: ((response: ServerResponse) => void) | undefined;
  requests = 0;
  #server: Loopback;

  private constructor(server: Loopback) {
    this.#server = server;
  }

  static async start(...keys: IssuerKey[]): Promise<Issuer> {
    const issuer: Issuer = new Issuer(await Loopback.start((_, response) => issuer.#answer(response)));
    issuer.keys = keys.map((key) => key.jwk);
    return issuer;
  }

  get url(): string {
    return `${this.#server.origin}/jwks.json`;
  }

  stop(): void {
    this.#server.stop();
  }

  #answer(response: ServerResponse): void {
    this.requests += 1;
    if (this.misbehave) this.misbehave(response);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: this.keys }));
  }
}
