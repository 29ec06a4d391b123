import { Columns, enlarged } from './columns.js';

/** One number a row. */
export abstract class NumberColumns extends Columns {
  protected values = new Float64Array(0);

  valueAt(row: number): number {
    return this.values[row] as number;
  }

  protected override grow(capacity: number): void {
    this.values = enlarged(this.values, capacity);
  }

  protected override clear(row: number): void {
    this.values[row] = 0;
  }
}

/** Sums of counters and up-down counters. */
export class SumColumns extends NumberColumns {
  protected override take(row: number, value: number): number {
    this.values[row] = (this.values[row] as number) + value;
    return 0;
  }

  protected override empty(): SumColumns {
    return new SumColumns(this.now, this.exemplarSlots);
  }
}

/** Last values of gauges. */
export class LastValueColumns extends NumberColumns {
  protected override take(row: number, value: number): number {
    this.values[row] = value;
    return 0;
  }

  protected override empty(): LastValueColumns {
    return new LastValueColumns(this.now, 0);
  }
}
