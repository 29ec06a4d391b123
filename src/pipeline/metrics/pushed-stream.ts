import type { HistogramCells, NumberCells } from '../../exposition/exposed-family.js';
import type { Turns } from '../turns.js';
import { AsyncHistory, AsyncStorage } from './async-storage.js';
import { type MetricStorage, SumStorage } from './metric-storage.js';
import { isObserved, type MetricStream, type ObservedStream, type RecordedStream } from './metric-stream.js';

/** Histograms with what the protocol has beside the pages. */
export interface PushedHistogramCells extends HistogramCells {
  minAt(row: number): number;
  maxAt(row: number): number;
}

/** The series of one stream at one push. They are told apart by places, from 0 on, each of which may hold one. */
export interface PushedSeries {
  readonly cells: NumberCells | PushedHistogramCells;
  readonly places: number;
  /** The row at a place, to be read before the event loop turns; -1 where there is nothing. */
  rowAt(place: number): number;
  /** Forgets the deltas at the places from `from` to below `to`: they have arrived, or are lost. */
  settle(from: number, to: number): void;
}

/** When a push began, and the one before, in milliseconds since the epoch. */
export interface PushTimes {
  readonly endMillis: number;
  readonly lastMillis: number | undefined;
}

/** One stream as it is pushed, time after time. */
export interface PushedStream {
  readonly stream: MetricStream;
  readonly delta: boolean;
  /** @param observed - what callbacks gave for this push, by row; undefined where they failed, or are not asked */
  seriesOf(
    observed: ReadonlyMap<number, number> | undefined,
    times: PushTimes,
    turns: Turns,
  ): Promise<PushedSeries>;
  /** Every series that may have been pushed, with its last value; undefined of deltas, which leave nothing that ends. */
  ended(): PushedSeries | undefined;
  /** Series whose deltas are not settled. */
  pending(): number;
}

export function pushedStream(stream: MetricStream, delta: boolean): PushedStream {
  if (!isObserved(stream)) return delta ? new RecordedDeltas(stream) : new RecordedTotals(stream);
  const isGauge = stream.descriptor.kind === 'observableGauge';
  return delta && !isGauge ? new ObservedDeltas(stream) : new ObservedTotals(stream, delta);
}

/** Values since the start of each row, read where they are recorded. */
class RecordedTotals implements PushedStream {
  readonly delta = false;

  constructor(readonly stream: RecordedStream) {}

  async seriesOf(): Promise<PushedSeries> {
    return this.ended();
  }

  ended(): PushedSeries {
    const { storage } = this.stream;
    return {
      cells: storage,
      places: storage.length,
      rowAt: (row) => (storage.has(row) ? row : -1),
      settle: () => {},
    };
  }

  pending(): number {
    return 0;
  }
}

/**
 * What was recorded since the last push. A row leaves the storage that is recorded into when it is written; it is on its
 * way until it is settled, and what comes in between is added when it is written again.
 */
class RecordedDeltas implements PushedStream {
  readonly delta = true;
  private readonly recorded: MetricStorage;
  private readonly underway: MetricStorage;

  constructor(readonly stream: RecordedStream) {
    this.recorded = stream.storage.deltaStorage();
    this.underway = stream.storage.underwayStorage();
  }

  async seriesOf(_: unknown, { lastMillis = Infinity }: PushTimes): Promise<PushedSeries> {
    const { recorded, underway } = this;
    return {
      cells: underway as RecordedStream['storage'],
      places: Math.max(recorded.length, underway.length),
      rowAt: (row) => {
        underway.take(row, recorded, Math.min(lastMillis, recorded.startAt(row)));
        return underway.has(row) ? row : -1;
      },
      settle: (from, to) => closeAll(underway, from, to),
    };
  }

  ended(): undefined {}

  pending(): number {
    const { recorded, underway } = this;
    return new Set([...recorded.rows(), ...underway.rows()]).size;
  }
}

/** Values as callbacks give them. */
class ObservedTotals implements PushedStream {
  private readonly history: AsyncHistory;

  /** @param delta - the values are as of the last push, which for a gauge changes only when they start */
  constructor(
    readonly stream: ObservedStream,
    readonly delta: boolean,
  ) {
    this.history = AsyncHistory.of(stream);
  }

  async seriesOf(
    observed: ReadonlyMap<number, number> = new Map(),
    { lastMillis, endMillis }: PushTimes,
    turns: Turns,
  ): Promise<PushedSeries> {
    const rows = Int32Array.from(observed.keys());
    for (const row of rows) {
      if (turns.isOver()) await turns.next();
      this.history.take(row, observed.get(row) as number, endMillis);
    }
    const start = this.delta ? lastMillis : undefined;
    const history = start === undefined ? this.history : { startAt: () => start };
    return observedSeries(rows, new AsyncStorage(observed, history));
  }

  /** Those too that callbacks have not reported at last: at an end, what they ask is often gone already. */
  ended(): PushedSeries | undefined {
    if (this.delta) return undefined;
    const { values } = this.history;
    return observedSeries(Int32Array.from(values.keys()), new AsyncStorage(values, this.history));
  }

  pending(): number {
    return 0;
  }
}

/** How much the sums that callbacks give have changed since the last push. */
class ObservedDeltas implements PushedStream {
  readonly delta = true;
  private readonly underway = new SumStorage(Date.now, 0);
  private readonly history: AsyncHistory;

  constructor(readonly stream: ObservedStream) {
    this.history = AsyncHistory.of(stream);
  }

  async seriesOf(
    observed: ReadonlyMap<number, number> = new Map(),
    { lastMillis, endMillis }: PushTimes,
    turns: Turns,
  ): Promise<PushedSeries> {
    const { history, underway } = this;
    for (const [row, value] of observed) {
      if (turns.isOver()) await turns.next();
      const since = history.take(row, value, endMillis);
      underway.addSince(row, since, lastMillis ?? history.startAt(row));
    }
    return {
      cells: underway,
      places: underway.length,
      rowAt: (row) => (underway.has(row) ? row : -1),
      settle: (from, to) => closeAll(underway, from, to),
    };
  }

  ended(): undefined {}

  pending(): number {
    return [...this.underway.rows()].length;
  }
}

function observedSeries(rows: Int32Array, cells: AsyncStorage): PushedSeries {
  return {
    cells,
    places: rows.length,
    rowAt: (place) => rows[place] as number,
    settle: () => {},
  };
}

function closeAll(storage: MetricStorage, from: number, to: number): void {
  for (let row = from; row < to; row++) storage.close(row);
}
