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

/** Shared with the Rust side and the glue: `criticalError` is set when the instance dies, by the
 *  panic hook or by the glue's own guard; `instanceId` counts up whenever an instance starts. */
const state = globalThis.__worker_init_state;

let dead = false;
let instanceId = state.instanceId;

/** How to reject each call in flight; emptied when the instance dies. */
const inFlight = new Set();

class InstanceDied extends Error {
  name = 'InstanceDied';
}

Object.defineProperty(state, 'criticalError', {
  get: () => dead,
  set: (critical) => {
    if (critical) die();
  },
});

// Also set when the glue replaces the instance by itself, because an old callback came first.
Object.defineProperty(state, 'instanceId', {
  get: () => instanceId,
  set: (id) => {
    instanceId = id;
    dead = false;
  },
});

/** Rejects what the dead instance owes. The instance itself is replaced by the next call:
 *  here its own frames may still be on the stack. */
function die() {
  dead = true;
  const owed = [...inFlight];
  inFlight.clear();
  for (const reject of owed) reject(new InstanceDied());
}

/** Enters Rust; the promise settles when Rust's does, or when the instance dies. */
function call(enter) {
  return new Promise((resolve, reject) => {
    if (dead) rust.__wbg_reset_state();
    const owed = enter();
    if (dead) throw new InstanceDied();
    inFlight.add(reject);
    Promise.resolve(owed)
      .then(resolve, reject)
      .finally(() => inFlight.delete(reject));
  });
}

/** As `call`, for what answers a client: whatever goes wrong, there is an answer. */
async function answer(enter) {
  try {
    return await call(enter);
  } catch (error) {
    log({ event: 'internal_error', kind: error?.name ?? typeof error });
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

/** Its WebSockets hibernate, and the pages behind them only listen: no word of theirs wakes Rust. */
export class ThreadObject extends durable(rust.ThreadObject) {
  webSocketMessage() {}

  // The other half of a close; without it a page that leaves waits for it.
  webSocketClose(socket) {
    socket.close();
  }
}
export class DirectoryObject extends durable(rust.DirectoryObject) {}

export default class extends WorkerEntrypoint {
  fetch(request) {
    return answer(() => rust.fetch.call(this, request, this.env, this.ctx));
  }
}
