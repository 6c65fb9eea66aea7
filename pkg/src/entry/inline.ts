// Node, browsers and whatever reads no other condition: the module is part of the JavaScript, so that no bundler has to
// find, copy or fetch it, and `require` needs no top-level await.

import { setModule } from '../core.ts';
import base64 from '../wasm/inline.js';

setModule(() => new WebAssembly.Module(decode()));

/** By what the runtime has for it: the first call waits for this, and a loop takes ten times as long. */
function decode(): BufferSource {
  const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (fromBase64) return fromBase64.call(Uint8Array, base64);
  const { Buffer } = globalThis as { Buffer?: { from(text: string, encoding: 'base64'): Uint8Array<ArrayBuffer> } };
  if (Buffer) return Buffer.from(base64, 'base64');
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

export * from '../index.ts';
