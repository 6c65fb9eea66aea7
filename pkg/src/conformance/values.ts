import type fastCheck from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { Json } from './implementation.ts';

/** The module `fast-check`, given by the caller: the package itself does not need it. */
export type FastCheck = typeof fastCheck;

/** Object whose absent fields are absent, not `undefined`. */
export type Fields = { [name: string]: Arbitrary<Json> };

/** Arbitraries of plain values. */
export function values(fc: FastCheck) {
  /** Mostly short words; sometimes what breaks parsers. No half letters: JSON in UTF-8 has none. */
  const text = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('', 'a', 'Hello', ' world', 'Zürich 🏔', 'x\n"y"\\', '<b>') },
    { weight: 2, arbitrary: fc.string({ maxLength: 12, unit: 'grapheme' }) },
    { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'data: [DONE]\n\n', '\u0000', '\u2028') },
  );
  const key = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('a', 'b', 'city', 'id', 'type') },
    { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString') },
  );
  const leaf: Arbitrary<Json> = fc.oneof(
    fc.constantFrom<Json>(null, true, false, 0, 1, -1.5, 1e21, 9007199254740993, '', 'text'),
    text,
    fc.integer(),
  );
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      { weight: 3, arbitrary: leaf },
      { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
      { weight: 2, arbitrary: entries(fc.array(fc.tuple(key, tie('value')), { maxLength: 3 })) },
    ),
  }));
  const object = entries(fc.array(fc.tuple(key, value), { maxLength: 3 }));
  const providerMetadata = entries(fc.array(fc.tuple(fc.constantFrom('openai', 'anthropic'), object), { maxLength: 2 }));
  /** Mostly objects: what else can be merged with, in letters that are one unit each. */
  const metadata = fc.oneof({ weight: 6, arbitrary: object }, { weight: 1, arbitrary: fc.constantFrom<Json>(null, 'ab', 5, true, [1], []) });
  /** The given fields, each optional one there or not. */
  const record = (required: Fields, optional: Fields = {}): Arbitrary<Json> =>
    fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required), noNullPrototype: true }) as Arbitrary<Json>;
  return { text, key, value, object, metadata, providerMetadata, record, flag: fc.boolean() as Arbitrary<Json> };
}

/** Pairs as an object whose `__proto__` is a key like any other, as `JSON.parse` makes it. */
function entries(pairs: Arbitrary<[string, Json][]>): Arbitrary<Json> {
  return pairs.map((pairs) => {
    const text = pairs.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    return JSON.parse(`{${text.join()}}`) as Json;
  });
}

/** Takes one field away, gives it another value, or adds one: an object that is almost right. */
export function damaged(fc: FastCheck, sound: Arbitrary<Json>): Arbitrary<Json> {
  // Where metadata is expected, a text is taken apart into its units: half letters, which Unicode text cannot hold.
  const value = values(fc).value.filter((value) => typeof value !== 'string' || [...value].length === value.length);
  const damage = fc.record({ at: fc.nat(20), how: fc.constantFrom('drop', 'replace', 'add'), value });
  return fc.tuple(sound, damage).map(([object, { at, how, value }]) => {
    if (typeof object !== 'object' || object === null || Array.isArray(object)) return value;
    const names = Object.keys(object);
    const name = how === 'add' ? 'future' : names[at % Math.max(names.length, 1)];
    if (name === undefined) return value;
    const pairs = Object.entries(object).filter(([other]) => other !== name);
    if (how !== 'drop') pairs.push([name, value]);
    const text = pairs.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    return JSON.parse(`{${text.join()}}`) as Json;
  });
}
