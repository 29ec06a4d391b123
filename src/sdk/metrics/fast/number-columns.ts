import { Columns, type WallClock } from './columns.js';

/** One number a row. */
export abstract class NumberColumns extends Columns {
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
export class SumColumns extends NumberColumns {
  protected override take(at: number, value: number): number {
    this.cells[at] = (this.cells[at] as number) + value;
    return 0;
  }

  protected override empty(): SumColumns {
    return new SumColumns(this.now, this.exemplarSlots);
  }
}

/** Last values of gauges. */
export class LastValueColumns extends NumberColumns {
  protected override take(at: number, value: number): number {
    this.cells[at] = value;
    return 0;
  }

  protected override empty(): LastValueColumns {
    return new LastValueColumns(this.now, 0);
  }
}
