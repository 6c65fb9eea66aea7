/**
 * The AI SDK checks every chunk with zod, which tries `new Function` for speed. The page's Content-Security-Policy
 * refuses that (zod then goes on without), but the browser reports each refusal as an error: so zod is told not to try.
 */
import { config } from 'zod/v4/core';

config({ jitless: true });
