import { withDeadline } from '../../common/deadline.js';
import type { NumberCells } from '../../exposition/exposed-family.js';
import { HostCallbackError } from './host-call.js';
import { isObserved, type MetricStream, type ObservedStream } from './metric-stream.js';

/** What observable callbacks gave at one collection. */
export interface AsyncCollection {
  /** Values by row; a stream whose callback failed is missing. */
  readonly values: ReadonlyMap<ObservedStream, ReadonlyMap<number, number>>;
  /** What callbacks of hosts failed with: their instruments are missing, which is counted and said. */
  readonly hostErrors: readonly unknown[];
  /** What the registry's own threw, and that they were late. */
  readonly errors: readonly unknown[];
}

/**
 * Asks the callbacks of all observable streams at once. A callback that throws, or does not answer in time, costs the
 * others nothing. Never rejects.
 */
export async function observe(
  streams: Iterable<MetricStream>,
  timeoutMillis: number | undefined,
): Promise<AsyncCollection> {
  const observed = [...streams].filter(isObserved);
  const values = new Map<ObservedStream, ReadonlyMap<number, number>>();
  const errors = new Set<unknown>();
  const hostErrors = new Set<unknown>(); // instruments of one batch callback fail together
  if (observed.length === 0) return { values, errors: [], hostErrors: [] };
  const answers = new Map<ObservedStream, PromiseSettledResult<ReadonlyMap<number, number>>>();
  // All are started before any is awaited: those that share a batch callback share one run of it.
  const asked = observed.map(async (stream) => {
    const [answer] = await Promise.allSettled([stream.observable.observe()]);
    answers.set(stream, answer);
  });
  await withDeadline(Promise.all(asked), timeoutMillis, () => {});
  let late: Error | undefined;
  for (const stream of observed) {
    const answer = answers.get(stream);
    if (answer?.status === 'fulfilled') {
      values.set(stream, answer.value);
      continue;
    }
    const reason: unknown =
      answer?.reason ?? (late ??= new Error(`no answer of an observable callback in ${timeoutMillis} ms`));
    if (reason instanceof HostCallbackError) hostErrors.add(reason.cause);
    else (stream.observable.timeoutMillis === undefined ? errors : hostErrors).add(reason);
  }
  return { values, errors: [...errors], hostErrors: [...hostErrors] };
}

/** What one reader has seen of one observable stream: when each row began, and its last value. */
export class AsyncHistory {
  private readonly starts = new Map<number, number>();
  private readonly last = new Map<number, number>();

  /** @param monotonic - a value below the last one is a new start */
  private constructor(private readonly monotonic: boolean) {}

  static of({ descriptor }: ObservedStream): AsyncHistory {
    return new AsyncHistory(descriptor.kind === 'observableCounter');
  }

  /** The last value of every row that was ever observed. */
  get values(): ReadonlyMap<number, number> {
    return this.last;
  }

  /** When the row was first observed, or last started anew, in milliseconds since the epoch. */
  startAt(row: number): number {
    return this.starts.get(row) ?? 0;
  }

  /** Takes the value observed now; returns the difference to the last one. */
  take(row: number, value: number, nowMillis: number): number {
    const before = this.last.get(row);
    this.last.set(row, value);
    const anew = before !== undefined && this.monotonic && value < before;
    if (before === undefined || anew) this.starts.set(row, nowMillis);
    return before === undefined || anew ? value : value - before;
  }
}

/** The values that callbacks observed at one collection, as a page reads them. */
export class AsyncStorage implements NumberCells {
  constructor(
    private readonly values: ReadonlyMap<number, number>,
    private readonly history: Pick<AsyncHistory, 'startAt'>,
  ) {}

  rows(): Iterable<number> {
    return this.values.keys();
  }

  valueAt(row: number): number {
    return this.values.get(row) as number;
  }

  startAt(row: number): number {
    return this.history.startAt(row);
  }

  exemplarAt(): undefined {
    return undefined; // a callback runs in the span of the scrape, if in any
  }
}
