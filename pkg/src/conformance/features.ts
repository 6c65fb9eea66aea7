import { TARGETS, type Implementation, type Json, type Target } from './implementation.ts';

/** Something that not every major has, and a stream or message that has it. */
interface Feature {
  readonly name: string;
  /** Chunks that a major without it refuses. */
  readonly chunks?: Json[];
  /** A part that a major without it refuses. */
  readonly part?: Json;
}

const call: Json = { type: 'tool-input-available', toolCallId: 'c', toolName: 'w', input: {} };
const approval = { id: 'a' };
const tool = (more: object): Json => ({ type: 'tool-w', toolCallId: 'c', input: {}, ...more });
const dynamic = (more: object): Json => ({ type: 'dynamic-tool', toolName: 'w', toolCallId: 'c', input: {}, ...more });

const FEATURES: readonly Feature[] = [
  { name: 'chunk `tool-approval-request`', chunks: [call, { type: 'tool-approval-request', approvalId: 'a', toolCallId: 'c' }] },
  {
    name: 'chunk `tool-approval-response`',
    chunks: [
      call,
      { type: 'tool-approval-request', approvalId: 'a', toolCallId: 'c' },
      { type: 'tool-approval-response', approvalId: 'a', approved: true },
    ],
  },
  { name: 'chunk `tool-output-denied`', chunks: [call, { type: 'tool-output-denied', toolCallId: 'c' }] },
  { name: 'chunk `reset-step`', chunks: [{ type: 'reset-step' }] },
  { name: 'chunk `custom`', chunks: [{ type: 'custom', kind: 'p.t' }] },
  { name: 'chunk `reasoning-file`', chunks: [{ type: 'reasoning-file', url: 'u', mediaType: 'm' }] },
  { name: 'chunk `steering-message`', chunks: [{ type: 'steering-message', id: 's', parts: [] }] },
  { name: 'finish reason `interrupted`', chunks: [{ type: 'finish', finishReason: 'interrupted' }] },
  { name: 'finish reason `unknown`', chunks: [{ type: 'finish', finishReason: 'unknown' }] },
  {
    name: 'a block that goes on after `finish-step`',
    chunks: [{ type: 'text-start', id: '0' }, { type: 'finish-step' }, { type: 'text-end', id: '0' }],
  },
  {
    name: 'a result of a dynamic tool that does not say `dynamic`',
    chunks: [{ ...(call as object), dynamic: true }, { type: 'tool-output-available', toolCallId: 'c', output: 1 }],
  },
  { name: 'part `custom`', part: { type: 'custom', kind: 'p.t' } },
  { name: 'part `reasoning-file`', part: { type: 'reasoning-file', url: 'u', mediaType: 'm' } },
  { name: 'part `steering-message`', part: { type: 'steering-message', id: 's', parts: [] } },
  { name: 'static tool, `approval-requested`', part: tool({ state: 'approval-requested', approval }) },
  { name: 'static tool, `output-denied`', part: tool({ state: 'output-denied', approval: { ...approval, approved: false } }) },
  { name: 'dynamic tool, `approval-requested`', part: dynamic({ state: 'approval-requested', approval }) },
  { name: 'dynamic tool, `approval-responded`', part: dynamic({ state: 'approval-responded', approval: { ...approval, approved: true } }) },
  { name: 'dynamic tool, `output-denied`', part: dynamic({ state: 'output-denied', approval: { ...approval, approved: false } }) },
];

/** Which major has what, as a Markdown table: each cell is asked of the implementation. */
export async function featureTable(implementation: Implementation): Promise<string> {
  const rows = await Promise.all(
    FEATURES.map(async (feature) => {
      const cells = await Promise.all(TARGETS.map((target) => has(implementation, feature, target)));
      return `| ${feature.name} | ${cells.map((has) => (has ? 'yes' : 'no')).join(' | ')} |`;
    }),
  );
  return [`| feature | ${TARGETS.map((target) => `\`${target}\``).join(' | ')} |`, '|---|---|---|---|', ...rows].join('\n');
}

async function has(implementation: Implementation, { chunks, part }: Feature, target: Target): Promise<boolean> {
  const outcome =
    chunks === undefined
      ? await implementation.validateMessages([{ id: 'm', role: 'assistant', parts: [part ?? null] }], { target })
      : await implementation.foldChunks(chunks, { target });
  return 'value' in outcome;
}
