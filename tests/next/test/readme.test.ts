// The route that the README shows is the one that is tested here.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
const ROUTE = readFileSync(resolve(ROOT, 'tests/next/app/api/v1/ai/chat/route.ts'), 'utf8');

test('the README shows the chat route of the app, word for word', () => {
  const readme = readFileSync(resolve(ROOT, 'README.md'), 'utf8');
  assert.ok(readme.includes(`\`\`\`ts\n${ROUTE}\`\`\`\n`), 'copy tests/next/app/api/v1/ai/chat/route.ts into the README');
});

test('the chat route is shorter than 80 lines', () => {
  assert.ok(ROUTE.split('\n').length - 1 < 80);
});
