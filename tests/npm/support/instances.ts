// The instances of the package's WebAssembly, watched from outside: import this before the first call.

const memories: WebAssembly.Memory[] = [];
let refused: Error | undefined;

WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(target, args, newTarget) {
    if (refused !== undefined) throw refused;
    const instance = Reflect.construct(target, args, newTarget) as WebAssembly.Instance;
    if (instance.exports['memory'] instanceof WebAssembly.Memory) memories.push(instance.exports['memory']);
    return instance;
  },
});

/** How many instances there have been. */
export function instances(): number {
  return memories.length;
}

/** Bytes of the newest instance's memory. It never shrinks. */
export function memoryBytes(): number {
  return memories.at(-1)?.buffer.byteLength ?? 0;
}

/** Overwrites the memory of the newest instance: stack, heap and data. Its next call traps, as a bug of ours would. */
export function sabotage(): void {
  const memory = memories.at(-1);
  if (memory === undefined) throw new Error('there is no instance yet');
  new Uint8Array(memory.buffer).fill(0xff);
}

/** From now on no instance can be made, as when memory has run out; `undefined` ends that. */
export function refuseInstances(error: Error | undefined): void {
  refused = error;
}
