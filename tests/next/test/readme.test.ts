// What the READMEs show is what is tested, or at least compiled.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
const ROUTE = readFileSync(resolve(ROOT, 'tests/next/app/api/v1/ai/chat/route.ts'), 'utf8');

// `cargo xtask test npm` compiles them under `strict`, beside each major of the SDK.
const EXAMPLES = resolve(ROOT, 'tests/npm/examples');
const examples = readdirSync(EXAMPLES).map((name) => readFileSync(resolve(EXAMPLES, name), 'utf8'));

for (const name of ['README.md', 'pkg/README.md']) {
  const readme = readFileSync(resolve(ROOT, name), 'utf8');

  test(`${name} shows the chat route of the app, word for word`, () => {
    assert.ok(readme.includes(`\`\`\`ts\n${ROUTE}\`\`\`\n`), `copy tests/next/app/api/v1/ai/chat/route.ts into ${name}`);
  });

  test(`every piece of TypeScript in ${name} stands in a file that is compiled`, () => {
    const pieces = [...readme.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, piece]) => piece!);
    assert.ok(pieces.length > 2);
    for (const piece of pieces) assert.ok([ROUTE, ...examples].some((file) => file.includes(piece)), `not in tests/npm/examples:\n${piece}`);
  });
}

test('the chat route is shorter than 80 lines', () => {
  assert.ok(ROUTE.split('\n').length - 1 < 80);
});
