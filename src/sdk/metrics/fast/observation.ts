import { isObserved, type MetricStream, type ObservedStream } from './metric-stream.js';

/** What the callbacks of one collection gave. */
export interface Observation {
  /** Values by row; a stream whose callback failed is missing. */
  readonly values: ReadonlyMap<ObservedStream, ReadonlyMap<number, number>>;
  /** What callbacks threw, and that they took too long. */
  readonly errors: readonly unknown[];
}

/**
 * Asks the callbacks of all observable streams, at once. What one throws, or does not answer in time, costs the others
 * nothing. Never rejects.
 */
export async function observe(
  streams: Iterable<MetricStream>,
  timeoutMillis: number | undefined,
): Promise<Observation> {
  const observed = [...streams].filter(isObserved);
  const values = new Map<ObservedStream, ReadonlyMap<number, number>>();
  const errors = new Set<unknown>(); // instruments of one batch callback fail together
  if (observed.length === 0) return { values, errors: [] };
  const deadline = new Deadline(timeoutMillis);
  // All are started before any is awaited: those that share a batch callback share one run of it.
  const running = observed.map((stream) => deadline.of(stream.observable.observe()));
  const settled = await Promise.allSettled(running);
  deadline.end();
  settled.forEach((result, i) => {
    if (result.status === 'fulfilled') values.set(observed[i] as ObservedStream, result.value);
    else errors.add(result.reason);
  });
  return { values, errors: [...errors] };
}

/** One timer for any number of promises. */
class Deadline {
  private timer: NodeJS.Timeout | undefined;
  private readonly late: Promise<never> | undefined;

  constructor(millis: number | undefined) {
    if (millis === undefined) return;
    this.late = new Promise((_, reject) => {
      this.timer = setTimeout(
        () => reject(new Error(`no answer of an observable callback in ${millis} ms`)),
        millis,
      );
    });
    this.late.catch(() => {});
  }

  of<T>(promise: Promise<T>): Promise<T> {
    return this.late === undefined ? promise : Promise.race([promise, this.late]);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
