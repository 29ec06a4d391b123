import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { printable } from '../../diagnostics/drop-log.js';
import type { DeliveryLedger } from './delivery-ledger.js';

type ResultCallback = Parameters<SpanExporter['export']>[1];

/** An exporter that enters each batch's fate in the ledger, once, and never throws. */
export class CountedExporter implements SpanExporter {
  constructor(
    private readonly inner: SpanExporter,
    private readonly ledger: DeliveryLedger,
  ) {}

  export(spans: ReadableSpan[], done: ResultCallback): void {
    let settled = false;
    const settle = (error?: unknown): void => {
      if (settled) return;
      settled = true;
      if (error === undefined) this.ledger.delivered(spans.length);
      else this.ledger.failed(spans.length, printable(error));
      done({ code: ExportResultCode.SUCCESS }); // counted and said: the stock processor would log each failed batch again
    };
    try {
      this.inner.export(spans, ({ code, error }) =>
        settle(code === ExportResultCode.SUCCESS ? undefined : (error ?? 'no reason')),
      );
    } catch (error) {
      settle(error);
    }
  }

  async forceFlush(): Promise<void> {
    await this.inner.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }
}
