import { Session } from 'node:inspector/promises';
import { type HotPath, registryCounter, SERIES } from './paths.js';
import { labelsOfSeries } from '../workloads/violations.js';
import { retainedBytes } from '../harness/memory.js';
import { allocatedBytes, selfTimes, type Share, originalPlace } from './functions.js';

/** Of one hot path. */
export interface PathProfile {
  readonly times: number;
  /** Microseconds. */
  readonly selfTimes: readonly Share[];
  readonly allocationTimes: number;
  readonly allocations: readonly Share[];
}

/** Of the bytes that series are held in. */
export interface HeldProfile {
  /** What the heap has grown by. */
  readonly heapBytes: number;
  /** Sampled: who allocated how much of it. */
  readonly heap: readonly Share[];
  /** Bytes of typed arrays and buffers. */
  readonly outsideHeap: number;
}

const WARM_UP_MILLIS = 1000;
const PROFILED_MILLIS = 2000;
const LEAST_TIMES = 5;
const CPU_INTERVAL_MICROS = 100;
const HEAP_INTERVAL_BYTES = 4096;

/** Profiles a path twice, once for each profiler: they would see each other's work. */
export async function profilePath(path: HotPath): Promise<PathProfile> {
  const run = path.open();
  const forMillis = async (millis: number): Promise<number> => {
    const end = performance.now() + millis;
    let times = 0;
    while (performance.now() < end || times < LEAST_TIMES * path.stretch) {
      const pending = run(path.stretch);
      if (pending !== undefined) await pending;
      times += path.stretch;
    }
    return times;
  };
  const session = new Session();
  session.connect();
  await forMillis(WARM_UP_MILLIS);

  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: CPU_INTERVAL_MICROS });
  await session.post('Profiler.start');
  const times = await forMillis(PROFILED_MILLIS);
  const { profile } = await session.post('Profiler.stop');
  await session.post('Profiler.disable');

  await session.post('HeapProfiler.startSampling', {
    samplingInterval: HEAP_INTERVAL_BYTES,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  const allocationTimes = await forMillis(PROFILED_MILLIS);
  const { profile: heap } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  return {
    times,
    selfTimes: selfTimes(profile, originalPlace),
    allocationTimes,
    allocations: allocatedBytes(heap, originalPlace),
  };
}

/** What is still held once series have been made and scraped twice, by the function that allocated it. */
export async function profileHeld(): Promise<HeldProfile> {
  const counting = registryCounter();
  await retainedBytes();
  const before = process.memoryUsage();
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', { samplingInterval: HEAP_INTERVAL_BYTES });
  for (let series = 0; series < SERIES; series++) counting.count(labelsOfSeries(series));
  for (let scrapes = 0; scrapes < 2; scrapes++) await counting.export();
  await retainedBytes();
  const after = process.memoryUsage();
  const { profile } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  return {
    heapBytes: after.heapUsed - before.heapUsed,
    heap: allocatedBytes(profile, originalPlace),
    outsideHeap: after.external - before.external,
  };
}
