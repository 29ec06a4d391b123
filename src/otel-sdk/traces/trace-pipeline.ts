import type { TracerProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { Sampler, SpanExporter, SpanLimits, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { printable, type DropLog } from '../../diagnostics/drop-log.js';
import { type BatchSizes, DeliveringProcessor } from './delivering-processor.js';
import { DeliveryLedger } from '../../pipeline/otlp/delivery-ledger.js';
import { IsolatedProcessor } from './isolated-processor.js';
import type { SdkTracerProvider, TraceSdk } from './trace-sdk.js';

export interface TracePipelineOptions {
  readonly sdk: TraceSdk;
  readonly resource: Resource;
  /** Where spans are sent; undefined for nowhere. */
  readonly exporter: SpanExporter | undefined;
  readonly sizes: BatchSizes;
  readonly spanProcessors: readonly SpanProcessor[];
  readonly sampler?: Sampler;
  readonly spanLimits?: SpanLimits;
  readonly drops: DropLog;
}

/** From an ended span to its delivery, by the official SDK. */
export class TracePipeline {
  readonly tracerProvider: TracerProvider;
  private readonly provider: SdkTracerProvider;
  private readonly ledger: DeliveryLedger;

  constructor(options: TracePipelineOptions) {
    const { sdk, resource, exporter, sizes, sampler, spanLimits, drops } = options;
    // Where the official exporter sends to, it alone knows: it reads the environment.
    const shown = 'the OTLP endpoint';
    this.ledger = new DeliveryLedger({ signal: 'traces', nouns: ['span', 'spans'], shown, drops });
    const delivering = exporter ? [new DeliveringProcessor(sdk, exporter, this.ledger, sizes)] : [];
    const isolated = (processor: SpanProcessor): SpanProcessor =>
      new IsolatedProcessor(processor, (error) =>
        drops.warn('processor', `a span processor of the host failed (${printable(error)}).`),
      );
    this.provider = sdk.provider({
      resource,
      spanProcessors: [...delivering, ...options.spanProcessors.map(isolated)],
      ...(sampler && { sampler }),
      ...(spanLimits && { spanLimits }),
    });
    this.tracerProvider = this.provider;
  }

  /** Spans that wait or are in flight. */
  get pending(): number {
    return this.ledger.pending;
  }

  /** Whether the last batch failed. */
  get failing(): boolean {
    return this.ledger.failing;
  }

  /** Counts what is pending as lost and says why. */
  abandon(why: string): void {
    this.ledger.abandon(why);
  }

  forceFlush(): Promise<void> {
    return this.provider.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.provider.shutdown();
  }
}
