import type { ObservedStream } from './metric-stream.js';

/** What one reader has seen of one observable stream. */
export class ObservedHistory {
  private readonly starts = new Map<number, number>();
  private readonly last = new Map<number, number>();

  /** @param monotonic - a value below the last one is a new beginning */
  private constructor(private readonly monotonic: boolean) {}

  static of({ descriptor }: ObservedStream): ObservedHistory {
    return new ObservedHistory(descriptor.kind === 'observableCounter');
  }

  /** When the row was first observed, or began anew, in milliseconds since the epoch. */
  startAt(row: number): number {
    return this.starts.get(row) ?? 0;
  }

  /** Takes what was observed now; answers what came since the last time. */
  take(row: number, value: number, nowMillis: number): number {
    const before = this.last.get(row);
    this.last.set(row, value);
    const anew = before !== undefined && this.monotonic && value < before;
    if (before === undefined || anew) this.starts.set(row, nowMillis);
    return before === undefined || anew ? value : value - before;
  }
}
