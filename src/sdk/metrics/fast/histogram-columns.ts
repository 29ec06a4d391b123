import { Columns, enlarged, type WallClock } from './columns.js';

const SUM = 0;
const MIN = 1;
const MAX = 2;
const COUNTS = 3;

/** Histograms with explicit bounds: sum, smallest, largest, and one count a bucket. */
export class HistogramColumns extends Columns {
  private cells = new Float64Array(0);
  private readonly stride: number;
  private readonly bounds: Float64Array;

  /** @param boundaries - upper bounds of the buckets, ascending, without infinity */
  constructor(
    readonly boundaries: readonly number[],
    now: WallClock,
    private readonly withExemplars = true,
  ) {
    super(now, withExemplars ? boundaries.length + 1 : 0);
    this.bounds = Float64Array.from(boundaries);
    this.stride = COUNTS + boundaries.length + 1;
  }

  sumAt(row: number): number {
    return this.cells[row * this.stride + SUM] as number;
  }

  minAt(row: number): number {
    return this.cells[row * this.stride + MIN] as number;
  }

  maxAt(row: number): number {
    return this.cells[row * this.stride + MAX] as number;
  }

  /** Measurements in one bucket; the last bucket is that without a bound. */
  countAt(row: number, bucket: number): number {
    return this.cells[row * this.stride + COUNTS + bucket] as number;
  }

  protected override take(row: number, value: number): number {
    const { bounds, cells } = this;
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((bounds[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    const at = row * this.stride;
    cells[at + SUM] = (cells[at + SUM] as number) + value;
    if (value < (cells[at + MIN] as number)) cells[at + MIN] = value;
    if (value > (cells[at + MAX] as number)) cells[at + MAX] = value;
    cells[at + COUNTS + low] = (cells[at + COUNTS + low] as number) + 1;
    return low;
  }

  protected override grow(capacity: number): void {
    this.cells = enlarged(this.cells, capacity * this.stride);
  }

  protected override clear(row: number): void {
    const at = row * this.stride;
    this.cells.fill(0, at, at + this.stride);
    this.cells[at + MIN] = Infinity;
    this.cells[at + MAX] = -Infinity;
  }

  protected override empty(): HistogramColumns {
    return new HistogramColumns(this.boundaries, this.now, this.withExemplars);
  }
}
