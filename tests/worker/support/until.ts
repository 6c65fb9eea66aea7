// Waiting for a fact instead of for a time: every wait in the specs ends as soon as the fact is there,
// and names the fact when it never comes.

/** How long a fact may take before a spec gives up, in milliseconds. Generous: two busy cores are shared. */
export const DEADLINE_MS = 30_000;

/** Pause between two looks at the same fact, in milliseconds. */
const POLL_MS = 15;

type Falsy = undefined | null | false | 0 | '';

/** Looks again and again until `probe` answers something truthy, and returns that. */
export async function until<T>(fact: string, probe: () => T | Falsy | Promise<T | Falsy>, deadlineMs = DEADLINE_MS): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const seen = await probe();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`not within ${deadlineMs} ms: ${fact}`);
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
}

/** The same promise, but with a deadline that names what was waited for. */
export async function within<T>(fact: string, promise: Promise<T>, deadlineMs = DEADLINE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${deadlineMs} ms: ${fact}`)), deadlineMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
