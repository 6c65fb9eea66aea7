// What is in the archive that the registry gets; `tests/node_modules/threadkeep` is that archive, unpacked.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as threadkeep from 'threadkeep';

const PACKED = join(import.meta.dirname, '../node_modules/threadkeep');
const SOURCES = join(import.meta.dirname, '../../pkg');

const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));

test('the archive holds what is built, the migrations, and the three files that name it', () => {
  assert.deepEqual(readdirSync(PACKED).sort(), ['LICENSE', 'README.md', 'dist', 'migrations', 'package.json']);
  assert.deepEqual(files(join(PACKED, 'migrations')).sort(), files(join(SOURCES, 'migrations')).sort());
});

test('what is built is JavaScript with its types, of one source each, and WebAssembly: no sources, no tests', () => {
  const wasm = ['inline.d.ts', 'inline.js', 'threadkeep.d.ts', 'threadkeep.js', 'threadkeep_bg.wasm'].map((name) => join('wasm', name));
  const sources = files(join(SOURCES, 'src')).filter((name) => !name.endsWith('.d.ts'));
  const built = sources.flatMap((name) => [name.replace(/\.ts$/, '.js'), name.replace(/\.ts$/, '.d.ts')]);
  assert.deepEqual(files(join(PACKED, 'dist')).sort(), [...wasm, ...built].sort());
  assert.ok(files(PACKED).every((name) => !/\.test\.|\btests?\b|\.map$|\.rs$|\.toml$|\.env/.test(name)));
});

test('every entry of the manifest is in the archive', () => {
  const manifest = JSON.parse(readFileSync(join(PACKED, 'package.json'), 'utf8')) as { bin: object; exports: object };
  const targets = (value: unknown): string[] => (typeof value === 'string' ? [value] : Object.values(value as object).flatMap(targets));
  for (const target of [...targets(manifest.bin), ...targets(manifest.exports)].filter((target) => !target.includes('*'))) {
    assert.ok(existsSync(join(PACKED, target)), target);
  }
});

test('the README names every function and every entry', () => {
  const readme = readFileSync(join(PACKED, 'README.md'), 'utf8');
  const names = Object.keys(threadkeep).filter((name) => /^[a-z]/.test(name));
  assert.ok(names.length > 20);
  for (const name of names) assert.ok(readme.includes(`\`${name}`), name);
  const { exports } = JSON.parse(readFileSync(join(PACKED, 'package.json'), 'utf8')) as { exports: object };
  for (const entry of Object.keys(exports).filter((entry) => entry !== './package.json')) {
    assert.ok(readme.includes(entry.replace(/^\./, 'threadkeep').replace('*', '')), entry);
  }
});

test('nothing in the archive names the machine that built it', () => {
  const home = join(import.meta.dirname, '../..');
  for (const name of files(PACKED)) assert.equal(readFileSync(join(PACKED, name), 'latin1').includes(`${home}/`), false, name);
});
