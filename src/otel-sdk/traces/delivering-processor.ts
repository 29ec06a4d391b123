import { TraceFlags, type Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { CountedExporter } from './counted-exporter.js';
import { MAX_TIMER_MILLIS } from '../../common/clock.js';
import type { DeliveryLedger } from '../../pipeline/otlp/delivery-ledger.js';
import { makeSendable } from './sendable-span.js';
import type { TraceSdk } from './trace-sdk.js';

export interface BatchSizes {
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
  readonly scheduledDelayMillis: number;
}

/**
 * The stock batch processor behind a ledger: a full queue is counted, and a flush waits for what is in flight too,
 * which the stock one does not.
 */
export class DeliveringProcessor implements SpanProcessor {
  private flushing: Promise<void> | undefined;
  private readonly exporter: CountedExporter;
  private readonly batches: SpanProcessor;

  constructor(
    sdk: TraceSdk,
    exporter: SpanExporter,
    private readonly ledger: DeliveryLedger,
    private readonly sizes: BatchSizes,
  ) {
    this.exporter = new CountedExporter(exporter, ledger);
    this.batches = sdk.batches(this.exporter, { ...sizes, exportTimeoutMillis: MAX_TIMER_MILLIS });
  }

  onStart(span: Span, parent: Context): void {
    this.batches.onStart(span, parent);
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    const { ledger, sizes } = this;
    if (!ledger.open()) return;
    if (ledger.pending >= sizes.maxQueueSize) return ledger.full(`${sizes.maxQueueSize} items`);
    ledger.taken();
    if (makeSendable(span)) this.batches.onEnd(span);
    else ledger.unwritable();
  }

  /**
   * Resolves when everything that was pending is delivered, or has failed and is counted. One flush at a time: each
   * opens requests of its own, and past its limit the exporter refuses them.
   */
  forceFlush(): Promise<void> {
    const next = (this.flushing ?? Promise.resolve()).then(() => this.flushOnce());
    this.flushing = next.catch(() => {});
    return next;
  }

  private async flushOnce(): Promise<void> {
    let before: number;
    do {
      before = this.ledger.pending;
      await this.batches.forceFlush();
      await this.exporter.forceFlush();
    } while (this.ledger.pending > 0 && this.ledger.pending < before);
  }

  async shutdown(): Promise<void> {
    try {
      await this.forceFlush();
    } finally {
      this.ledger.end();
      await this.batches.shutdown();
      this.ledger.finish();
    }
  }
}
