/** Collections after which what is left has settled: the room of typed arrays is given back some turns later. */
const MOST_COLLECTIONS = 8;
const SETTLED_BYTES = 4096;

export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('a benchmark runs with --expose-gc');
  globalThis.gc();
}

/** Bytes that are still held after collections: of the heap, and of typed arrays and buffers beside it. */
export async function retainedBytes(): Promise<number> {
  let held = Infinity;
  for (let i = 0; i < MOST_COLLECTIONS; i++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
    const { heapUsed, external } = process.memoryUsage(); // external has the array buffers in it
    if (Math.abs(held - heapUsed - external) < SETTLED_BYTES) return heapUsed + external;
    held = heapUsed + external;
  }
  return held;
}
