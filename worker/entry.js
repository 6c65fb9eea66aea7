// The worker's modules as Cloudflare sees them: a default entrypoint and one class per Durable
// Object, each handing its calls to the Rust of ./index.js (what wasm-bindgen wrote).
//
// What is here and not in Rust is what Rust cannot do for itself: survive its own death. All
// calls of an isolate share one WebAssembly instance. When it dies (a panic, a stack overflow,
// memory that ran out), every promise it owed stays pending for ever, and so would every client.
// So each call races with the instance's death, and the next call finds a new instance.
//
// What a panic says may quote what users wrote. Nothing of it is logged but its place in the source.

import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers';
import * as rust from './index.js';

/** Shared with the Rust side, which sets `criticalError` in its panic hook and counts `instanceId`
 *  up whenever an instance starts. */
const state = globalThis.__worker_init_state;

/** How to reject each call in flight; emptied when the instance dies. */
const inFlight = new Set();

let dead = false;

/** Rejects what the dead instance owes. The instance itself is replaced by the next call. */
function die() {
  dead = true;
  const owed = [...inFlight];
  inFlight.clear();
  for (const reject of owed) reject(new Error('the instance died'));
}

/** Called before anything that enters Rust. */
function ensureAlive() {
  if (!dead) return;
  rust.__wbg_reset_state();
  dead = false;
}

// A panic is known here at once, even one in a background task that nobody waits for.
Object.defineProperty(state, 'criticalError', {
  get: () => dead,
  set: (critical) => {
    if (critical) die();
  },
});

// The glue may also replace the instance by itself, when an old callback fires before the next call.
let instanceId = state.instanceId;
Object.defineProperty(state, 'instanceId', {
  get: () => instanceId,
  set: (id) => {
    instanceId = id;
    die();
    dead = false;
  },
});

// A death without a panic (no panic hook ran) outside of any call shows up as an uncaught error.
const onUncaught = (error) => {
  if (isDeath(error)) die();
};
addEventListener('error', (event) => onUncaught(event.error));
addEventListener('unhandledrejection', (event) => onUncaught(event.reason));

/** A trap, or a stack that overflowed while Rust was on it. */
function isDeath(error) {
  return error instanceof WebAssembly.RuntimeError || (error instanceof RangeError && /stack/.test(error.message));
}

/** Enters Rust; the promise settles when Rust's does, or when the instance dies. */
function call(enter) {
  return new Promise((resolve, reject) => {
    inFlight.add(reject);
    const settle = (finish) => (value) => {
      inFlight.delete(reject);
      finish(value);
    };
    try {
      ensureAlive();
      Promise.resolve(enter()).then(settle(resolve), settle(reject));
    } catch (error) {
      inFlight.delete(reject);
      if (isDeath(error)) die();
      reject(error);
    }
  });
}

/** As `call`, for what answers a client: whatever goes wrong, there is an answer. */
async function answer(enter) {
  try {
    return await call(enter);
  } catch (error) {
    log({ event: 'internal_error', kind: isDeath(error) ? 'trap' : (error?.name ?? typeof error) });
    return Response.json(
      { error: { code: 'internal', message: 'internal error' } },
      { status: 500, headers: { 'cache-control': 'no-store' } },
    );
  }
}

// A body that Rust is still streaming is a call in flight too: the runtime pulls its next bytes.
for (const name of ['IntoUnderlyingSource', 'IntoUnderlyingByteSource']) {
  const Source = rust[name]; // absent when no answer is streamed
  if (Source) {
    const pull = Source.prototype.pull;
    Source.prototype.pull = function (controller) {
      return call(() => pull.call(this, controller));
    };
  }
}

// The Rust runtime prints a panic's whole text here, as an Error after the word "Critical".
const print = console.error.bind(console);
console.error = (...values) => {
  const panic = values[0] === 'Critical' && values[1] instanceof Error;
  if (!panic) return print(...values);
  const [, at] = /panicked at ([^\n]*?):?(\n|$)/.exec(values[1].message) ?? [];
  log({ event: 'panic', at: at ?? 'unknown' });
};

function log(fields) {
  print(JSON.stringify({ level: 'error', ...fields }));
}

/** A Durable Object class whose work is done by a Rust object, made again for each new instance. */
function durable(RustObject) {
  return class extends DurableObject {
    #object;
    #instanceId;

    fetch(request) {
      return answer(() => this.#rust().fetch(request));
    }

    // Not answered but rejected: the runtime tries a failed alarm again later.
    alarm() {
      return call(() => this.#rust().alarm());
    }

    #rust() {
      if (this.#instanceId !== instanceId) {
        this.#object = new RustObject(this.ctx, this.env);
        this.#instanceId = instanceId;
      }
      return this.#object;
    }
  };
}

export class ThreadObject extends durable(rust.ThreadObject) {}
export class DirectoryObject extends durable(rust.DirectoryObject) {}

export default class extends WorkerEntrypoint {
  fetch(request) {
    return answer(() => rust.fetch.call(this, request, this.env, this.ctx));
  }
}
