// USAGE_UNCHANGED: the fact of an event that is a JavaScript object goes to its hook as the very value that it is. It does
// not cross: JSON has no BigInt, no Date, no NaN. In its place the core gets `null`, for its count of events.

/** Whether it is a `usage_report`. One that has no `fact` is none; a fact that is `undefined` is one. */
export function isUsageReport(event: unknown): event is { readonly type: 'usage_report'; readonly fact: unknown } {
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'usage_report' && 'fact' in event;
}

/** How it crosses. */
export const USAGE_REPORT = '{"type":"usage_report","fact":null}';
