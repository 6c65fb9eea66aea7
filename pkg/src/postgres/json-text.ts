// JSON that every PostgreSQL keeps. `jsonb` refuses U+0000 in texts and keys, which tool outputs do hold; a U+0010
// ("data link escape") stands before what takes its place:
//
//   U+0000  →  U+0010 '0'
//   U+0010  →  U+0010 U+0010
//
// Everything else, and so nearly every message, is stored as it is. What has no such letter costs one look at the text.

const ESCAPE = '\u0010';

/** The value as JSON text for a `jsonb`. */
export function toJsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return needsEncoding(text) ? JSON.stringify(mapTexts(value, encodeText)) : text;
}

/** Reads what {@link toJsonText} wrote. */
export function fromJsonText(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return text.includes('\\u0010') ? mapTexts(value, decodeText) : value;
}

/** The same for a `text` column, which refuses U+0000 too. */
export function encodeText(text: string): string {
  return text.replace(/[\u0000\u0010]/g, (letter) => (letter === ESCAPE ? ESCAPE + ESCAPE : `${ESCAPE}0`));
}

/** An escape that we did not write stays as it is: the table may hold rows of another maker. */
export function decodeText(text: string): string {
  return text.replace(/\u0010([0\u0010])/g, (_, letter: string) => (letter === ESCAPE ? ESCAPE : '\u0000'));
}

// Both are escapes in JSON text; one behind an escaped backslash only costs the longer way.
function needsEncoding(text: string): boolean {
  return text.includes('\\u0000') || text.includes('\\u0010');
}

/** A copy with every text, keys included, put through `change`. The value is JSON, and so no deeper than its reader allows. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  // As JSON.parse does it: `__proto__` is a key like any other.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), mapTexts(item, change)]));
}
