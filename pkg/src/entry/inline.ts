// Node, browsers and whatever reads no other condition: the module is part of the JavaScript, so that no bundler has to
// find, copy or fetch it, and `require` needs no top-level await.

import { setModule } from '../core.ts';
import base64 from '../wasm/inline.js';

setModule(() => new WebAssembly.Module(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))));

export * from '../index.ts';
