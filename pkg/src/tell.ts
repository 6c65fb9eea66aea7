// Errors of hooks that nobody waits for.

/** Tells an error. Never rejects: an `onError` that throws, or rejects, is told to the console, with what it threw. */
export async function tell(error: unknown, onError: (error: unknown) => unknown = console.error): Promise<void> {
  try {
    await onError(error);
  } catch (second) {
    console.error(second);
  }
}
