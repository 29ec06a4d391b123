import { context, ROOT_CONTEXT, trace, TraceFlags, type Context, type SpanContext } from '@opentelemetry/api';
import type { Exemplar } from '../../exposition/exposed-family.js';

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
  private readonly deltas: MetricStorage[] = [];
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
    if (row >= this.capacity || this.cells[at + START] === 0) this.open(row);
    const slot = this.take(at + 1, value);
    if (this.touched !== undefined) this.touched[row] = 1;
    if (this.deltas.length > 0) for (const delta of this.deltas) delta.record(row, value, context);
    if (this.exemplars === undefined) return;
    const span = sampledSpan(context);
    if (span !== undefined) this.exemplars.keep(row * this.exemplarSlots + slot, value, this.now(), span);
  }

  /** Storage of the same kind into which every recording goes too, from now on. */
  deltaStorage(): MetricStorage {
    const delta = this.empty();
    this.deltas.push(delta);
    return delta;
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

  /** Whether a reader of deltas has not collected the row yet. */
  isPending(row: number): boolean {
    return this.deltas.some((delta) => delta.has(row));
  }

  /** Forgets what a row holds. */
  close(row: number): void {
    if (!this.has(row)) return;
    this.cells[row * this.stride + START] = 0;
    this.exemplars?.forget(row * this.exemplarSlots, (row + 1) * this.exemplarSlots);
  }

  /** Adds one value to the numbers that begin at `at`; returns the slot of its exemplar. */
  protected abstract take(at: number, value: number): number;
  /** Sets the numbers that begin at `at` to what they are before anything is recorded. */
  protected abstract clear(at: number): void;
  /** Storage of the same kind that holds nothing. */
  protected abstract empty(): MetricStorage;

  private open(row: number): void {
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
    this.cells[at + START] = this.now() || 1;
    this.clear(at + 1);
    this.opened = Math.max(this.opened, row + 1);
  }
}

/** One number a row. */
export abstract class NumberStorage extends MetricStorage {
  constructor(now: WallClock, exemplarSlots: number) {
    super(1, now, exemplarSlots);
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
  protected override take(at: number, value: number): number {
    this.cells[at] = (this.cells[at] as number) + value;
    return 0;
  }

  protected override empty(): SumStorage {
    return new SumStorage(this.now, this.exemplarSlots);
  }
}

/** Last values of gauges. */
export class LastValueStorage extends NumberStorage {
  protected override take(at: number, value: number): number {
    this.cells[at] = value;
    return 0;
  }

  protected override empty(): LastValueStorage {
    return new LastValueStorage(this.now, 0);
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

  protected override take(at: number, value: number): number {
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

/** One exemplar a slot: a new one is written over the old one, so that nothing is allocated. */
class Exemplars {
  private readonly slots: (Exemplar | undefined)[] = [];

  keep(slot: number, value: number, timeMillis: number, { traceId, spanId }: SpanContext): void {
    const kept = this.slots[slot];
    if (kept === undefined) {
      while (this.slots.length < slot) this.slots.push(undefined); // no holes: they make an array slow
      this.slots[slot] = { value, timeMillis, traceId, spanId };
      return;
    }
    kept.value = value;
    kept.timeMillis = timeMillis;
    kept.traceId = traceId;
    kept.spanId = spanId;
  }

  at(slot: number): Exemplar | undefined {
    return this.slots[slot];
  }

  forget(from: number, to: number): void {
    for (let slot = from; slot < Math.min(to, this.slots.length); slot++) this.slots[slot] = undefined;
  }
}

/** The span that a measurement belongs to, where it is sampled. Never throws. */
function sampledSpan(given: Context | undefined): SpanContext | undefined {
  try {
    const active = given ?? context.active();
    if (active === ROOT_CONTEXT) return undefined;
    const span = trace.getSpan(active)?.spanContext();
    return span !== undefined && (span.traceFlags & TraceFlags.SAMPLED) !== 0 ? span : undefined;
  } catch {
    return undefined; // not a context, or a span of another SDK that throws
  }
}
