import { Columns, type WallClock } from './columns.js';

// Where the numbers of a row are, from its first one on.
const SUM = 0;
const MIN = 1;
const MAX = 2;
const COUNTS = 3;

/** Histograms with explicit bounds: sum, smallest, largest, and one count a bucket. */
export class HistogramColumns extends Columns {
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

  /** Measurements in one bucket; the last bucket is that without a bound. */
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

  protected override empty(): HistogramColumns {
    return new HistogramColumns(this.boundaries, this.now, this.withExemplars);
  }

  private numberAt(row: number, offset: number): number {
    return this.cells[row * this.stride + 1 + offset] as number;
  }
}
