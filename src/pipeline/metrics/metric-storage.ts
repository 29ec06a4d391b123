import type { Context } from '@opentelemetry/api';
import type { Exemplar } from '../../exposition/exposed-family.js';
import { Exemplars, sampledSpan } from './exemplars.js';

/** Milliseconds since the epoch. */
export type WallClock = () => number;

const FIRST_CAPACITY = 8;

/** When a row was first recorded, in milliseconds since the epoch; 0 where it has not been. */
const START = 0;

/**
 * The numbers of one instrument by row, in one typed array: a recording writes a few neighbouring numbers and allocates
 * nothing. A reader that wants deltas has storage of its own, filled with this one and emptied by its collections.
 */
export abstract class MetricStorage {
  protected cells = new Float64Array(0);
  protected readonly stride: number;
  private capacity = 0;
  private opened = 0;
  private readonly exemplars: Exemplars | undefined;
  /** Storages of readers of deltas, into which every recording goes too. */
  private readonly deltas: MetricStorage[] = [];
  /** Storages of deltas that are on their way. */
  private readonly underway: MetricStorage[] = [];
  /** Which rows were recorded since the last look; undefined where nobody looks. */
  private touched: Uint8Array | undefined;

  /**
   * @param width - numbers of a row, beside its start
   * @param exemplarSlots - exemplars that a row may have; none for 0
   */
  constructor(
    width: number,
    protected readonly now: WallClock,
    protected readonly exemplarSlots: number,
  ) {
    this.stride = width + 1;
    this.exemplars = exemplarSlots > 0 ? new Exemplars() : undefined;
  }

  /** Rows below this may have been recorded. */
  get length(): number {
    return this.opened;
  }

  /** Whether the row was recorded, of deltas since the last collection. */
  has(row: number): boolean {
    return this.startAt(row) !== 0;
  }

  /** Rows that were recorded, of deltas since the last collection. */
  *rows(): Iterable<number> {
    for (let row = 0; row < this.opened; row++) if (this.has(row)) yield row;
  }

  /** When the row was first recorded, in milliseconds since the epoch. */
  startAt(row: number): number {
    return this.cells[row * this.stride + START] ?? 0;
  }

  exemplarAt(row: number, slot = 0): Exemplar | undefined {
    return this.exemplars?.at(row * this.exemplarSlots + slot);
  }

  record(row: number, value: number, context?: Context): void {
    const at = row * this.stride;
    if (row >= this.capacity || this.cells[at + START] === 0) this.open(row, this.now());
    const slot = this.add(at + 1, value);
    if (this.touched !== undefined) this.touched[row] = 1;
    if (this.deltas.length > 0) for (const delta of this.deltas) delta.record(row, value, context);
    if (this.exemplars === undefined) return;
    const span = sampledSpan(context);
    if (span !== undefined) this.exemplars.keep(row * this.exemplarSlots + slot, value, this.now(), span);
  }

  /** Records nothing from now on. */
  end(): void {
    this.record = () => {};
  }

  /** Storage of the same kind into which every recording goes too, from now on. */
  deltaStorage(): MetricStorage {
    const delta = this.empty();
    this.deltas.push(delta);
    return delta;
  }

  /** Storage of the same kind for deltas that are on their way; `take` fills it. */
  underwayStorage(): MetricStorage {
    const storage = this.empty();
    this.underway.push(storage);
    return storage;
  }

  /**
   * Adds what a row of a storage of the same kind holds to what it holds here, and empties it there.
   *
   * @param startMillis - when the row began, where it holds nothing here
   */
  take(row: number, from: MetricStorage, startMillis: number): void {
    if (!from.has(row)) return;
    if (!this.has(row)) this.open(row, startMillis);
    this.merge(row * this.stride + 1, from.cells, row * from.stride + 1);
    const slots = this.exemplarSlots;
    if (from.exemplars !== undefined) this.exemplars?.take(row * slots, (row + 1) * slots, from.exemplars);
    from.close(row);
  }

  /** Notes which rows are recorded, from now on. */
  watchRecordings(): void {
    this.touched ??= new Uint8Array(this.capacity).fill(1);
  }

  /** Whether the row was recorded since the last time this was asked. */
  wasRecorded(row: number): boolean {
    const was = this.touched?.[row] === 1;
    if (was) (this.touched as Uint8Array)[row] = 0;
    return was;
  }

  /** Whether a reader of deltas has not got the row yet. */
  isPending(row: number): boolean {
    return this.deltas.some((delta) => delta.has(row)) || this.underway.some((delta) => delta.has(row));
  }

  /** Forgets what a row holds. */
  close(row: number): void {
    if (!this.has(row)) return;
    this.cells[row * this.stride + START] = 0;
    this.exemplars?.forget(row * this.exemplarSlots, (row + 1) * this.exemplarSlots);
  }

  /** Adds one value to the numbers that begin at `at`; returns the slot of its exemplar. */
  protected abstract add(at: number, value: number): number;
  /** Adds to the numbers that begin at `at` those of another storage, which are newer. */
  protected abstract merge(at: number, newer: Float64Array, newerAt: number): void;
  /** Sets the numbers that begin at `at` to what they are before anything is recorded. */
  protected abstract clear(at: number): void;
  /** Storage of the same kind that holds nothing. */
  protected abstract empty(): MetricStorage;

  protected open(row: number, startMillis: number): void {
    if (row >= this.capacity) {
      const capacity = Math.max(FIRST_CAPACITY, row + 1, Math.ceil(this.capacity * 1.5));
      const cells = new Float64Array(capacity * this.stride);
      cells.set(this.cells);
      this.cells = cells;
      this.capacity = capacity;
      if (this.touched !== undefined) {
        const touched = new Uint8Array(capacity);
        touched.set(this.touched);
        this.touched = touched;
      }
    }
    const at = row * this.stride;
    this.cells[at + START] = startMillis || 1;
    this.clear(at + 1);
    this.opened = Math.max(this.opened, row + 1);
  }
}

/** One number a row. */
export abstract class NumberStorage extends MetricStorage {
  constructor(now: WallClock, exemplarSlots: number, width = 1) {
    super(width, now, exemplarSlots);
  }

  valueAt(row: number): number {
    return this.cells[row * this.stride + 1] as number;
  }

  protected override clear(at: number): void {
    this.cells[at] = 0;
  }
}

/** Sums of counters and up-down counters. */
export class SumStorage extends NumberStorage {
  protected override add(at: number, value: number): number {
    this.cells[at] = (this.cells[at] as number) + value;
    return 0;
  }

  protected override merge(at: number, newer: Float64Array, newerAt: number): void {
    this.add(at, newer[newerAt] as number);
  }

  /** @param startMillis - since when it was added; that of a row which holds something already stays */
  addSince(row: number, value: number, startMillis: number): void {
    if (!this.has(row)) this.open(row, startMillis);
    this.add(row * this.stride + 1, value);
  }

  protected override empty(): SumStorage {
    return new SumStorage(this.now, this.exemplarSlots);
  }
}

/** Last values of gauges, each with its place in the order of recordings. */
export class LastValueStorage extends NumberStorage {
  private recordings = 0;

  constructor(now: WallClock) {
    super(now, 0, 2);
  }

  /** More for the row that was recorded later. */
  orderAt(row: number): number {
    return this.cells[row * this.stride + 2] as number;
  }

  protected override add(at: number, value: number): number {
    this.cells[at] = value;
    this.cells[at + 1] = ++this.recordings;
    return 0;
  }

  protected override merge(at: number, newer: Float64Array, newerAt: number): void {
    this.add(at, newer[newerAt] as number);
  }

  protected override empty(): LastValueStorage {
    return new LastValueStorage(this.now);
  }
}

// Where the numbers of a row are, from its first one on.
const SUM = 0;
const MIN = 1;
const MAX = 2;
const COUNTS = 3;

/** Histograms with explicit bounds: sum, smallest, largest, and one count a bucket. */
export class HistogramStorage extends MetricStorage {
  private readonly bounds: Float64Array;

  /** @param boundaries - upper bounds of the buckets, ascending, without infinity */
  constructor(
    readonly boundaries: readonly number[],
    now: WallClock,
    private readonly withExemplars = true,
  ) {
    super(COUNTS + boundaries.length + 1, now, withExemplars ? boundaries.length + 1 : 0);
    this.bounds = Float64Array.from(boundaries);
  }

  sumAt(row: number): number {
    return this.numberAt(row, SUM);
  }

  minAt(row: number): number {
    return this.numberAt(row, MIN);
  }

  maxAt(row: number): number {
    return this.numberAt(row, MAX);
  }

  /** Measurements in one bucket; the last bucket has no bound. */
  countAt(row: number, bucket: number): number {
    return this.numberAt(row, COUNTS + bucket);
  }

  protected override add(at: number, value: number): number {
    const { bounds, cells } = this;
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((bounds[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    cells[at + SUM] = (cells[at + SUM] as number) + value;
    if (value < (cells[at + MIN] as number)) cells[at + MIN] = value;
    if (value > (cells[at + MAX] as number)) cells[at + MAX] = value;
    cells[at + COUNTS + low] = (cells[at + COUNTS + low] as number) + 1;
    return low;
  }

  protected override merge(at: number, newer: Float64Array, newerAt: number): void {
    const { cells } = this;
    cells[at + MIN] = Math.min(cells[at + MIN] as number, newer[newerAt + MIN] as number);
    cells[at + MAX] = Math.max(cells[at + MAX] as number, newer[newerAt + MAX] as number);
    cells[at + SUM] = (cells[at + SUM] as number) + (newer[newerAt + SUM] as number);
    for (let count = COUNTS; count <= COUNTS + this.boundaries.length; count++) {
      cells[at + count] = (cells[at + count] as number) + (newer[newerAt + count] as number);
    }
  }

  protected override clear(at: number): void {
    this.cells.fill(0, at, at + COUNTS + this.boundaries.length + 1);
    this.cells[at + MIN] = Infinity;
    this.cells[at + MAX] = -Infinity;
  }

  protected override empty(): HistogramStorage {
    return new HistogramStorage(this.boundaries, this.now, this.withExemplars);
  }

  private numberAt(row: number, offset: number): number {
    return this.cells[row * this.stride + 1 + offset] as number;
  }
}
