import type { Context } from '@opentelemetry/api';
import type { Exemplar } from '../../exposition/exemplar.js';
import { Exemplars, sampledSpan } from './exemplars.js';

/** Milliseconds since the epoch. */
export type WallClock = () => number;

const FIRST_CAPACITY = 8;

/** When a row was first recorded, in milliseconds since the epoch; 0 where it has not been. */
const START = 0;

/**
 * The numbers of one instrument in a typed array, those of a row side by side: a recording writes numbers, in one line of
 * memory as a rule, and builds nothing. A reader that wants deltas has columns of its own, which its collection empties.
 */
export abstract class Columns {
  protected cells = new Float64Array(0);
  protected readonly stride: number;
  private capacity = 0;
  private opened = 0;
  private readonly exemplars: Exemplars | undefined;
  private readonly deltas: Columns[] = [];
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

  /** Columns that are recorded as these are, from now on, until their rows are closed. */
  deltaColumns(): Columns {
    const delta = this.empty();
    this.deltas.push(delta);
    return delta;
  }

  /** Has it noted which rows are recorded, from now on. */
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

  /** Takes one value into the numbers that begin at a place of `cells`; answers the exemplar's slot. */
  protected abstract take(at: number, value: number): number;
  /** Sets the numbers that begin there to what they are before anything is recorded. */
  protected abstract clear(at: number): void;
  /** Columns of the same kind that hold nothing. */
  protected abstract empty(): Columns;

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
