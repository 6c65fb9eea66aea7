// The newest published `ai` of each major in use.

import type { SdkModule, Target } from '../../pkg/dist/conformance/index.js';

export const sdks: Record<Target, SdkModule> = {
  'ai@5': await import('ai5'),
  'ai@6': await import('ai6'),
  'ai@7': await import('ai7'),
};
