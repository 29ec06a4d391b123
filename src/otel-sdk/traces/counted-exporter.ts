import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { printable } from '../../diagnostics/drop-log.js';
import { EXPORT_SUCCESS, exportOnce } from '../export-once.js';
import type { DeliveryLedger } from '../../pipeline/otlp/delivery-ledger.js';

/** An exporter that enters each batch's fate in the ledger, once, and never throws. */
export class CountedExporter implements SpanExporter {
  constructor(
    private readonly inner: SpanExporter,
    private readonly ledger: DeliveryLedger,
  ) {}

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    exportOnce(this.inner, spans, (failure) => {
      if (failure === undefined) this.ledger.delivered(spans.length, 0, undefined);
      else this.ledger.failed(spans.length, printable(failure));
      done({ code: EXPORT_SUCCESS }); // said and counted: the stock processor would log each failed batch again
    });
  }

  async forceFlush(): Promise<void> {
    await this.inner.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }
}
