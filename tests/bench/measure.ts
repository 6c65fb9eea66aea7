// Contenders take turns, so that the machine's mood hits them alike.

const ROUNDS = 9;
/** A round of one contender lasts about so long. */
const ROUND_MS = 60;

/** Milliseconds a call of each takes: the median over the rounds. */
export function measure(contenders: Record<string, () => unknown>): Map<string, number> {
  const rounds = new Map(Object.keys(contenders).map((name) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, contend] of Object.entries(contenders)) {
      // One contender's garbage is not another's time.
      globalThis.gc?.();
      let calls = 0;
      const start = performance.now();
      while (performance.now() - start < ROUND_MS) {
        for (let time = 0; time < 4; time += 1) contend();
        calls += 4;
      }
      // The first round is for the compilers.
      if (round > 0) rounds.get(name)?.push((performance.now() - start) / calls);
    }
  }
  return new Map([...rounds].map(([name, times]) => [name, median(times)]));
}

export function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
