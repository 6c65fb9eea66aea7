// Look-alikes of real credentials, put together here so that no scanner takes this file for a leak.

/** Secrets by kind: the shape is real, the value is not. */
export const SECRETS = {
  openai: `sk-proj-${'Qm7vX2kLp9RtYw4ZnB8cHdJfGs3aEuT6'}T3BlbkFJ${'Vx5Mq1NzKr8WbYt2PcLd'}`,
  aws: `AKIA${'Q3EGRZWV7KHN5TYB'}`,
  github: `ghp_${'x7Kq2mVbN9pLwRtYcZ4dHsJfGa3eUo5iQ8Bv'}`,
  jwt: `eyJhbGciOiJIUzI1NiJ9.${Buffer.from('{"sub":"someone","iat":1700000000}').toString('base64url')}.${'k3yD0ntL34kMe7hisIsAS1gnatur3xyzQWERTYabcd'}`,
} as const;

/** Personal data that is masked by default. */
export const PERSONAL = { email: `${'grace.hopper'}@navy-example.org`, card: `${'4539 5787'} 6362 1486`, iban: `${'DE89 3704'} 0044 0532 0130 00` } as const;

/** Distinctive pieces of a secret: a store that holds any of them has kept part of the secret. */
export function piecesOf(secret: string, length = 10): string[] {
  const body = secret.replace(/^[a-zA-Z]{2,4}[-_]([a-z]+-)?/, '');
  const pieces: string[] = [];
  for (let at = 0; at + length <= body.length; at += 1) pieces.push(body.slice(at, at + length));
  return pieces;
}
