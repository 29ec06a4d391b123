import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';

/** ExportResultCode.FAILED of @opentelemetry/core, which is not loaded for it. */
const FAILED = 1;

/**
 * An exporter that is made at the first export, in a turn of the event loop of its own: a full batch is exported inside
 * the host's `span.end()`. Where making it fails, the batch fails with that reason, and the next one tries again.
 */
export class LateSpanExporter implements SpanExporter {
  private exporter: SpanExporter | undefined;
  private making: Promise<SpanExporter> | undefined;

  constructor(private readonly make: () => SpanExporter) {}

  /** Makes it now; throws what making it throws. */
  load(): SpanExporter {
    return (this.exporter ??= this.make());
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    if (this.exporter) return this.exporter.export(spans, done);
    this.making ??= new Promise<SpanExporter>((resolve, reject) => {
      setImmediate(() => {
        try {
          resolve(this.load());
        } catch (error) {
          reject(error);
        }
      });
    }).finally(() => (this.making = undefined));
    this.making
      .then((exporter) => exporter.export(spans, done))
      .catch((error: unknown) => done({ code: FAILED, error: error as Error }));
  }

  async forceFlush(): Promise<void> {
    await this.making?.catch(() => {}); // its batches are told by themselves
    await this.exporter?.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    await this.exporter?.shutdown();
  }
}
