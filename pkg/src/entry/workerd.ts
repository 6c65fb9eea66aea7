// Cloudflare Workers: wrangler gives an imported `.wasm` as a module. Compiling bytes is forbidden there.

import { setModule } from '../core.ts';
import module from '../wasm/threadkeep_bg.wasm';

setModule(() => module);

export * from '../index.ts';
