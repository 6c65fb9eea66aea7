const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** Older than this, a date says more than a count of days. */
const RELATIVE_UP_TO_MS = 7 * 86_400_000;

/** How long ago an ISO 8601 time was, for people: "just now", "5 minutes ago", "12 Nov 2026". */
export function ago(iso: string, nowMs = Date.now()): string {
  const atMs = Date.parse(iso);
  if (Number.isNaN(atMs)) return '';
  const age = nowMs - atMs;
  if (age > RELATIVE_UP_TO_MS) return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' }).format(atMs);
  for (const [unit, ms] of UNITS) {
    if (age >= ms) return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-Math.floor(age / ms), unit);
  }
  return 'just now';
}
