import { isObserved, type RecordedStream } from './metric-stream.js';
import type { NativeMeterProvider } from './native-meter.js';

/**
 * Removes series that have not been recorded for a time: their memory, and their place under the limits, are free for
 * others. A series that comes back begins at 0 with a new start time, which Prometheus sees as a counter reset. A reader
 * sees the last value of a series only if it collects more often than series expire; a row that a reader of deltas has
 * not collected yet stays. Pinned series stay for ever.
 */
export class IdleExpiry {
  /** When a sweep last found a row recorded, by stream and row, in milliseconds since the epoch. */
  private readonly seen = new Map<RecordedStream, Map<number, number>>();

  /** @param expired - told of each row before another series can have it */
  constructor(
    provider: NativeMeterProvider,
    private readonly idleMillis: number,
    private readonly now: () => number,
    private readonly expired: (stream: RecordedStream, row: number) => void,
  ) {
    provider.onStream((stream) => {
      if (isObserved(stream)) return; // an observable has only the series that its callbacks report
      stream.storage.watchRecordings();
      this.seen.set(stream, new Map());
    });
  }

  /** Checks all series once. Called after each collection. */
  sweep(): void {
    const now = this.now();
    for (const [stream, seen] of this.seen) {
      const idle = new Set<number>();
      for (const row of stream.storage.rows()) {
        if (stream.storage.wasRecorded(row)) seen.set(row, now);
        else if (now - (seen.get(row) ?? now) >= this.idleMillis && this.mayExpire(stream, row))
          idle.add(row);
      }
      if (idle.size > 0) this.remove(stream, idle);
    }
  }

  private mayExpire({ rows, storage }: RecordedStream, row: number): boolean {
    return !rows.isPinned(row) && !storage.isPending(row);
  }

  private remove(stream: RecordedStream, idle: ReadonlySet<number>): void {
    for (const row of idle) {
      this.expired(stream, row);
      this.seen.get(stream)?.delete(row);
      stream.storage.close(row);
    }
    stream.rows.release(idle);
  }
}
