import type { Context } from '@opentelemetry/api';
import type { Exemplar } from '../../exposition/exemplar.js';
import { Exemplars, sampledSpan } from './exemplars.js';

/** Milliseconds since the epoch. */
export type WallClock = () => number;

const FIRST_CAPACITY = 8;

/**
 * The numbers of one instrument, by row, in typed arrays: a recording writes numbers and builds nothing. A reader that
 * wants deltas has columns of its own, which its collection empties.
 */
export abstract class Columns {
  /** When a row was first recorded, in milliseconds since the epoch; 0 where it has not been. */
  private starts = new Float64Array(0);
  private opened = 0;
  private readonly exemplars: Exemplars | undefined;
  private readonly deltas: Columns[] = [];
  /** Which rows were recorded since the last look; undefined where nobody looks. */
  private touched: Uint8Array | undefined;

  /** @param exemplarSlots - exemplars that a row may have; none for 0 */
  constructor(
    protected readonly now: WallClock,
    protected readonly exemplarSlots: number,
  ) {
    this.exemplars = exemplarSlots > 0 ? new Exemplars() : undefined;
  }

  /** Rows below this may have been recorded. */
  get length(): number {
    return this.opened;
  }

  /** Whether the row was recorded, of deltas since the last collection. */
  has(row: number): boolean {
    return (this.starts[row] ?? 0) !== 0;
  }

  /** Rows that were recorded, of deltas since the last collection. */
  *rows(): Iterable<number> {
    for (let row = 0; row < this.opened; row++) if (this.starts[row] !== 0) yield row;
  }

  /** When the row was first recorded, in milliseconds since the epoch. */
  startAt(row: number): number {
    return this.starts[row] ?? 0;
  }

  exemplarAt(row: number, slot = 0): Exemplar | undefined {
    return this.exemplars?.at(row * this.exemplarSlots + slot);
  }

  record(row: number, value: number, context?: Context): void {
    if (row >= this.starts.length || this.starts[row] === 0) this.open(row);
    const slot = this.take(row, value);
    if (this.touched !== undefined) this.touched[row] = 1;
    if (this.deltas.length > 0) for (const delta of this.deltas) delta.record(row, value, context);
    if (this.exemplars === undefined) return;
    const span = sampledSpan(context);
    if (span !== undefined) this.exemplars.keep(row * this.exemplarSlots + slot, value, this.now(), span);
  }

  /** Columns that are recorded as these are, from now on, until their rows are closed. */
  deltaColumns(): Columns {
    const delta = this.empty();
    this.deltas.push(delta);
    return delta;
  }

  /** Has it noted which rows are recorded, from now on. */
  watchRecordings(): void {
    this.touched ??= new Uint8Array(this.starts.length).fill(1);
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
    this.starts[row] = 0;
    this.clear(row);
    this.exemplars?.forget(row * this.exemplarSlots, (row + 1) * this.exemplarSlots);
  }

  /** Takes one value; answers the exemplar's slot. */
  protected abstract take(row: number, value: number): number;
  protected abstract grow(capacity: number): void;
  protected abstract clear(row: number): void;
  /** Columns of the same kind that hold nothing. */
  protected abstract empty(): Columns;

  private open(row: number): void {
    if (row >= this.starts.length) {
      const capacity = Math.max(FIRST_CAPACITY, row + 1, Math.ceil(this.starts.length * 1.5));
      this.starts = enlarged(this.starts, capacity);
      if (this.touched !== undefined) {
        const touched = new Uint8Array(capacity);
        touched.set(this.touched);
        this.touched = touched;
      }
      this.grow(capacity);
    }
    this.starts[row] = this.now() || 1;
    this.clear(row);
    this.opened = Math.max(this.opened, row + 1);
  }
}

export function enlarged(array: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(array);
  return larger;
}
