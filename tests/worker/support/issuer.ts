// An identity provider on loopback: signs tokens and publishes its keys, as well or as badly as a spec wants.

import { createServer, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

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
  #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(...keys: IssuerKey[]): Promise<Issuer> {
    const server = createServer();
    const issuer = new Issuer(server);
    issuer.keys = keys.map((key) => key.jwk);
    server.on('request', (_, response) => issuer.#answer(response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/jwks.json`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(response: ServerResponse): void {
    this.requests += 1;
    if (this.misbehave) this.misbehave(response);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: this.keys }));
  }
}
