import type { DropLog } from '../../diagnostics/drop-log.js';

/** Keeps count of every sampled span from its end to its delivery, so that none is lost without being counted. */
export class DeliveryLedger {
  private waiting = 0;
  private closed = false;
  private ended = false;

  constructor(
    private readonly capacity: number,
    private readonly drops: DropLog,
  ) {}

  /** Spans that wait or are in flight. */
  get pending(): number {
    return this.waiting;
  }

  /** Takes a span in; false where the queue is full, and then it is counted as dropped. */
  admit(): boolean {
    if (this.ended) {
      const late = 'a span ended after shutdown; it was not delivered.';
      this.drops.dropped('traces', 'shutdown_timeout', 'late', late);
      return false;
    }
    if (this.waiting < this.capacity) {
      this.waiting++;
      return true;
    }
    const message = `the span queue is full (${this.capacity}); spans are dropped. Raise traces.maxQueueSize, or see whether the collector keeps up.`;
    this.drops.dropped('traces', 'queue_full', 'queue', message);
    return false;
  }

  /** A span that no exporter could carry. */
  refused(): void {
    const message = 'a span cannot be written, as of a tracer whose name is no text; it was dropped.';
    this.drops.dropped('traces', 'invalid_value', 'span', message);
  }

  delivered(spans: number): void {
    this.settle(spans);
  }

  failed(spans: number, why: string): void {
    if (this.closed) return; // counted when it was given up on
    const message = `could not export spans by OTLP (${why}); the spans of a failed batch are lost. Is a collector listening there?`;
    this.drops.dropped('traces', 'export_failed', 'export', message, spans);
    this.settle(spans);
  }

  /** Takes no more spans: what still ends is counted as lost. */
  close(): void {
    this.ended = true;
  }

  /** Gives up on what is pending. */
  abandon(why: string): void {
    this.closed = true;
    if (this.waiting === 0) return;
    const spans = this.waiting === 1 ? '1 span was' : `${this.waiting} spans were`;
    const message = `${spans} not delivered: ${why}.`;
    this.drops.dropped('traces', 'shutdown_timeout', 'shutdown', message, this.waiting);
    this.waiting = 0;
  }

  private settle(spans: number): void {
    this.waiting = Math.max(0, this.waiting - spans);
  }
}
