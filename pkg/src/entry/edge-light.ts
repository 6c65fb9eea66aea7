// The edge runtime of Next.js: `?module` gives an imported `.wasm` as a module. Compiling bytes is forbidden there.

import { setModule } from '../core.ts';
import module from '../wasm/threadkeep_bg.wasm?module';

setModule(() => module);

export * from '../index.ts';
