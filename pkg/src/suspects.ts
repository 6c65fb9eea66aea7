// Which messages may hold something to mask. Most hold nothing, and they need not cross as JSON to be told so: their texts
// cross, many at once. Whoever is suspected is masked by the rules for messages, so nothing of these is repeated here, and
// whatever is in doubt is suspected.

/** What is asked in Rust. */
export interface Judge {
  /** Where, among texts that are joined by NUL, those start that may hold something; `undefined` when any may. */
  suspects(texts: string, count: number): Uint32Array | undefined;
  /** A text may hold something. */
  mayHold(text: string): boolean;
  mayTell(name: string): boolean;
  isTold(name: string, text: string): boolean;
  isPayload(text: string): boolean;
}

/** Fields of messages and parts that are never masked; whatever else than whole text one holds is for JSON to change or refuse. */
const STRUCTURAL = new Set(['type', 'id', 'role', 'state', 'mediaType', 'toolCallId', 'toolName']);
/** Fields that are masked whatever they look like: see `mask_prose`. */
const PROSE = new Set(['text', 'title', 'filename', 'errorText']);
const ROLES = new Set<unknown>(['system', 'user', 'assistant']);

/** A longer text is asked about by itself, in UTF-16 units; of short ones so many units at a time. */
const LONG_UNITS = 256;
const BATCH_UNITS = 8 * 1024;
/** Shorter texts are no payload, and longer ids are for Rust to judge. */
const PAYLOAD_UNITS = 1024;
const ID_UNITS = 40;
/** What is nested deeper is for Rust to refuse. */
const MAX_DEPTH = 64;
/** No card has a smaller number; today's date in milliseconds is less. */
const SMALLEST_CARD = 4e12;
const MAX_NAMES = 1000;

/** A name of a field may tell that its value is a secret; an odd one holds half a letter. */
export type Name = 'plain' | 'telling' | 'odd';

/** Collects the texts of messages. */
export class Suspects {
  readonly #judge: Judge;
  /** What is known of names; a thread has few of them. */
  readonly #names: Map<string, Name>;
  readonly #found = new Set<number>();
  #texts: string[] = [];
  /** Where the texts of a message start among those that are joined, and whose they are. */
  #starts: number[] = [];
  #owners: number[] = [];
  #units = 0;

  constructor(judge: Judge, names: Map<string, Name>) {
    this.#judge = judge;
    this.#names = names;
    if (names.size > MAX_NAMES) names.clear();
  }

  /** The indices of the messages that may hold something. */
  of(messages: readonly unknown[]): Set<number> {
    for (const [at, message] of messages.entries()) {
      if (this.#units > BATCH_UNITS) this.#judgeBatch();
      this.#starts.push(this.#units);
      this.#owners.push(at);
      if (!this.#isKnownClean(message)) this.#found.add(at);
    }
    this.#judgeBatch();
    return this.#found;
  }

  /** A getter of the caller's may throw; what `JSON.stringify` makes of that is told then. */
  #isKnownClean(message: unknown): boolean {
    try {
      return this.#isClean(message);
    } catch {
      return false;
    }
  }

  #isClean(message: unknown): boolean {
    if (!isPlain(message) || !['id', 'role', 'parts'].every((name) => isWritten(message, name))) return false;
    const { id, role, parts } = message;
    const isMessage = typeof id === 'string' && id !== '' && id.length <= ID_UNITS && ROLES.has(role) && isPlainList(parts);
    if (!isMessage) return false;
    // By index, as JSON: `every` passes over what a list leaves out, and an iterator may be the caller's.
    for (let at = 0; at < parts.length; at += 1) {
      const part = parts[at];
      if (!isPlain(part) || !this.#areClean(part, 1)) return false;
    }
    return this.#areClean(message, 0);
  }

  /** The fields of a message or a part. */
  #areClean(fields: Record<string, unknown>, depth: number): boolean {
    for (const name in fields) {
      if (depth === 0 && name === 'parts') continue;
      if (STRUCTURAL.has(name)) {
        if (!isWhole(fields[name])) return false;
        continue;
      }
      const known = this.#name(name);
      if (known === 'odd') return false;
      if (!this.#isCleanValue(fields[name], name, known, depth + 1)) return false;
    }
    return true;
  }

  #isCleanValue(value: unknown, name: string, known: Name, depth: number): boolean {
    switch (typeof value) {
      case 'string':
        return this.#isCleanText(value, name, known);
      case 'number':
        if (value >= SMALLEST_CARD) this.#add(String(value));
        return Number.isFinite(value);
      case 'boolean':
      case 'undefined':
        return true;
      case 'object':
        if (value === null) return true;
        if (depth > MAX_DEPTH) return false;
        if (Array.isArray(value)) return isPlainList(value) && this.#isCleanList(value, name, known, depth);
        return isPlain(value) && this.#isCleanObject(value, depth);
      default:
        return false;
    }
  }

  /** Texts in a list stand under its name. */
  #isCleanList(items: readonly unknown[], name: string, known: Name, depth: number): boolean {
    for (let at = 0; at < items.length; at += 1) {
      const item = items[at];
      const own = typeof item === 'string' ? known : 'plain';
      if (!this.#isCleanValue(item, name, own, depth + 1)) return false;
    }
    return true;
  }

  #isCleanObject(value: Record<string, unknown>, depth: number): boolean {
    for (const name in value) {
      const field = value[name];
      let known = this.#name(name);
      if (known === 'odd') return false;
      let told = name;
      if (name === 'value' || name === 'Value') {
        // `{"name": "DB_PASSWORD", "value": "…"}`, but not everywhere: there its own name tells.
        if (known === 'telling') return false;
        told = nameBeside(value) ?? name;
        // It is a value, too, and there may be many: it is looked up for texts alone.
        known = typeof field === 'string' || Array.isArray(field) ? this.#name(told) : 'plain';
      }
      if (!this.#isCleanValue(field, told, known, depth + 1)) return false;
    }
    return true;
  }

  #isCleanText(text: string, name: string, known: Name): boolean {
    if (known === 'telling' && this.#judge.isTold(name, text)) return false;
    if (text.length <= LONG_UNITS) {
      this.#add(text);
      return true;
    }
    if (text.length >= PAYLOAD_UNITS && !PROSE.has(name) && this.#judge.isPayload(text)) return true;
    // A private key may go on in the next text.
    return text.isWellFormed() && !text.includes('-----BEGIN ') && !this.#judge.mayHold(text);
  }

  #add(text: string): void {
    this.#texts.push(text);
    this.#units += text.length + 1;
  }

  #name(name: string): Name {
    let known = this.#names.get(name);
    if (known === undefined) {
      known = !name.isWellFormed() ? 'odd' : this.#judge.mayTell(name) ? 'telling' : 'plain';
      this.#names.set(name, known);
    }
    return known;
  }

  #judgeBatch(): void {
    const [texts, starts, owners] = [this.#texts, this.#starts, this.#owners];
    // Half a letter is made whole on the way through JSON.
    const judge = (joined: string) => joined.isWellFormed() ? this.#judge.suspects(joined, texts.length) : undefined;
    const suspects = texts.length === 0 ? [] : judge(texts.join('\0'));
    if (suspects === undefined) {
      owners.forEach((owner) => this.#found.add(owner));
    } else {
      let at = 0;
      for (const start of suspects) {
        while ((starts[at + 1] ?? Infinity) <= start) at += 1;
        this.#found.add(owners[at]!);
      }
    }
    [this.#texts, this.#starts, this.#owners, this.#units] = [[], [], [], 0];
  }
}

// What JSON makes of anything else is for `JSON.stringify` to say.

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && !('toJSON' in value);
}

function isPlainList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype && !('toJSON' in value);
}

function isWhole(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && value.isWellFormed());
}

function isWritten(fields: Record<string, unknown>, name: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(fields, name);
}

function nameBeside(fields: Record<string, unknown>): string | undefined {
  const beside = ['name', 'key', 'Name', 'Key'].find((name) => isWritten(fields, name) && fields[name] !== undefined);
  const name = beside === undefined ? undefined : fields[beside];
  return typeof name === 'string' ? name : undefined;
}
