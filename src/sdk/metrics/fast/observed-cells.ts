import type { NumberCells } from '../../exposition/exposed-family.js';
import type { ObservedHistory } from './observed-history.js';

/** What callbacks observed at one collection, as cells. */
export class ObservedCells implements NumberCells {
  constructor(
    private readonly values: ReadonlyMap<number, number>,
    private readonly history: ObservedHistory,
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
