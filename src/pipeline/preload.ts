/**
 * Loads one thing in each turn of the event loop, once `ready` has settled: the host's first span then finds it loaded.
 * Keeps no process alive. What fails is left to whoever needs it. Returns what stops it.
 */
export function preload(ready: Promise<unknown>, loads: readonly (() => unknown)[]): () => void {
  let left = [...loads];
  const turn = (): void => {
    const load = left.shift();
    try {
      load?.();
    } catch {
      // Whoever needs it tries again, and says so.
    }
    if (left.length > 0) setImmediate(turn).unref();
  };
  const begin = (): void => {
    setImmediate(turn).unref();
  };
  ready.then(begin, begin);
  return () => {
    left = [];
  };
}

/** Makes a value when it is first asked for, and once. What `make` throws is thrown, and the next call tries again. */
export function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
