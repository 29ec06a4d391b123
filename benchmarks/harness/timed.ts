import { GCProfiler } from 'node:v8';
import { collectGarbage } from './memory.js';
import type { Budget, Sample, Subject } from './subject.js';

/** An operation that is repeated. */
export interface TimedOperation {
  /** Does it `times` times. */
  run(times: number): void | Promise<void>;
  /** Makes the state that the next stretch starts from; not timed. */
  prepare?(): void | Promise<void>;
  /** Operations of one stretch. @defaultValue as many as take a part of a round */
  readonly stretch?: number;
  /** Throws when `times` operations have not left behind what they should. */
  verify?(times: number): void | Promise<void>;
}

/** Operations whose garbage is counted, in several stretches where need be: the more, the less a stray object weighs. */
const GARBAGE_OPERATIONS = { least: 20_000, most: 200_000 };
/** Milliseconds that counting garbage may take, once the least of it is done. */
const GARBAGE_MILLIS = 100;
/** Operations that go before a measurement, however long they take: the compiler counts calls, not seconds. */
const WARM_UP_OPERATIONS = 20_000;
/** Stretches of one round: the clock is read seldom, and a round is not much longer than it should be. */
const STRETCHES_PER_ROUND = 4;
const SHORTEST_STRETCH = 1000;

/** Nanoseconds of an operation each round; bytes it allocates, measured once. */
export function timed(operation: TimedOperation, budget: Budget): Subject {
  let stretch = operation.stretch ?? SHORTEST_STRETCH;
  let done = 0;

  const once = async (times: number): Promise<number> => {
    await operation.prepare?.();
    const start = process.hrtime.bigint();
    const pending = operation.run(times);
    if (pending !== undefined) await pending;
    const nanos = Number(process.hrtime.bigint() - start);
    done += times;
    return nanos;
  };

  return {
    async warmUp() {
      let spent = 0;
      const target = (budget.roundMillis * 1e6) / STRETCHES_PER_ROUND;
      while (spent < budget.warmUpMillis * 1e6 || done < WARM_UP_OPERATIONS) {
        const nanos = await once(stretch);
        spent += nanos;
        if (operation.stretch !== undefined) continue;
        const fitting = Math.ceil((stretch * target) / nanos);
        stretch = Math.max(SHORTEST_STRETCH, Math.min(fitting, stretch * 2));
      }
    },
    // No collection is forced here: it would throw compiled code away, and the round would measure how that comes back.
    async round(): Promise<Sample> {
      await once(stretch); // while it waited, others had the caches of the processor
      let nanos = 0;
      let times = 0;
      while (nanos < budget.roundMillis * 1e6) {
        nanos += await once(stretch);
        times += stretch;
      }
      return { nanos: nanos / times };
    },
    async finish(): Promise<Sample> {
      const wanted = garbageOperations(await once(stretch), stretch);
      collectGarbage();
      await once(Math.min(stretch, GARBAGE_OPERATIONS.least)); // a forced collection throws compiled code away
      let bytes = 0;
      let times = 0;
      while (times < wanted) {
        const next = Math.min(operation.stretch ?? Infinity, wanted - times);
        await operation.prepare?.();
        bytes += await allocatedBy(() => operation.run(next));
        times += next;
      }
      await operation.verify?.(done + times);
      return { bytes: Math.max(0, bytes / times) };
    },
  };
}

function garbageOperations(nanos: number, times: number): number {
  const fitting = Math.ceil((GARBAGE_MILLIS * 1e6 * times) / nanos);
  return Math.max(GARBAGE_OPERATIONS.least, Math.min(fitting, GARBAGE_OPERATIONS.most));
}

/** Bytes that were allocated: what the heap has grown by, and what collections freed meanwhile. */
async function allocatedBy(act: () => void | Promise<void>): Promise<number> {
  const profiler = new GCProfiler();
  profiler.start();
  const before = process.memoryUsage().heapUsed;
  const pending = act();
  if (pending !== undefined) await pending;
  const after = process.memoryUsage().heapUsed;
  const { statistics } = profiler.stop();
  const freed = statistics.map(
    ({ beforeGC, afterGC }) => beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize,
  );
  return after - before + freed.reduce((sum, bytes) => sum + bytes, 0);
}

/** Whoever imports this may read it, so nothing that goes into it can be optimized away. */
export const blackHole: { swallowed: unknown } = { swallowed: undefined };

/** Takes a result that nobody needs. */
export function swallow(value: unknown): void {
  blackHole.swallowed = value;
}
