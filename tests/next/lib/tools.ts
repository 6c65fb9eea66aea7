// What the assistant can do besides talking.

export interface Tool {
  readonly description: string;
  /** JSON Schema of the input. */
  readonly parameters: object;
  /** Throws when the input makes no sense. */
  readonly run: (input: Record<string, unknown>) => unknown;
}

const DAY_MS = 24 * 3600 * 1000;

export const TOOLS: Record<string, Tool> = {
  days_between: {
    description: 'Counts the days from one date to another.',
    parameters: {
      type: 'object',
      properties: { from: { type: 'string', format: 'date' }, to: { type: 'string', format: 'date' } },
      required: ['from', 'to'],
    },
    run: ({ from, to }) => ({ from, to, days: (midnight(to) - midnight(from)) / DAY_MS }),
  },
};

function midnight(date: unknown): number {
  const ms = typeof date === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(ms)) throw new Error('a date is needed, such as 2026-11-21');
  return ms;
}
