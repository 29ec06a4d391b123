import type { NativeMeterProvider } from './native-meter-provider.js';
import { isObserved, type HistogramStream, type NumberStream } from './metric-stream.js';

type RecordedStream = NumberStream | HistogramStream;

/**
 * Lets series leave that have not been recorded for a time: their memory, and the room of their labels under the caps, are
 * free for others. One that comes back begins at 0 with a new start, which to Prometheus is a counter that was reset. So a
 * reader sees the last value of a series only if it collects more often than series expire; deltas wait until they are
 * collected. Series that exist from the start stay.
 */
export class IdleExpiry {
  /** When a row was last known to have been recorded, by stream and row, in milliseconds since the epoch. */
  private readonly seen = new Map<RecordedStream, Map<number, number>>();

  /** @param expired - told of each row before its number is free */
  constructor(
    provider: NativeMeterProvider,
    private readonly idleMillis: number,
    private readonly now: () => number,
    private readonly expired: (stream: RecordedStream, row: number) => void,
  ) {
    provider.onStream((stream) => {
      if (isObserved(stream)) return; // what is not reported any more has left already
      stream.storage.watchRecordings();
      this.seen.set(stream, new Map());
    });
  }

  /** Looks once at all series. Called after each collection. */
  sweep(): void {
    const now = this.now();
    for (const [stream, seen] of this.seen) {
      const idle = new Set<number>();
      for (const row of stream.storage.rows()) {
        if (stream.storage.wasRecorded(row)) seen.set(row, now);
        else if (now - (seen.get(row) ?? now) >= this.idleMillis && this.mayLeave(stream, row)) idle.add(row);
      }
      if (idle.size > 0) this.leave(stream, idle);
    }
  }

  private mayLeave({ rows, storage }: RecordedStream, row: number): boolean {
    return !rows.isPinned(row) && !storage.isPending(row);
  }

  private leave(stream: RecordedStream, idle: ReadonlySet<number>): void {
    for (const row of idle) {
      this.expired(stream, row);
      this.seen.get(stream)?.delete(row);
      stream.storage.close(row);
    }
    stream.rows.release(idle);
  }
}
