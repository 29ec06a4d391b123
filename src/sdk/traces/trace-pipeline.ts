import type { TracerProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  type Sampler,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { printable, type DropLog } from '../../instruments/drop-log.js';
import { DeliveringProcessor, type BatchSizes } from './delivering-processor.js';
import { DeliveryLedger } from './delivery-ledger.js';
import { IsolatedProcessor } from './isolated-processor.js';

export interface TracePipelineOptions {
  readonly resource: Resource;
  readonly exporter: SpanExporter | undefined;
  readonly sizes: BatchSizes;
  readonly spanProcessors: readonly SpanProcessor[];
  readonly sampler: Sampler | undefined;
  readonly drops: DropLog;
}

/** From an ended span to its delivery. */
export class TracePipeline {
  readonly tracerProvider: TracerProvider;
  private readonly provider: BasicTracerProvider;
  private readonly ledger: DeliveryLedger;

  constructor(options: TracePipelineOptions) {
    const { resource, exporter, sizes, sampler } = options;
    this.ledger = new DeliveryLedger(sizes.maxQueueSize, options.drops);
    const delivering = exporter ? [new DeliveringProcessor(exporter, this.ledger, sizes)] : [];
    const isolated = (processor: SpanProcessor): SpanProcessor =>
      new IsolatedProcessor(processor, (error) =>
        options.drops.warn('processor', `a span processor of the host failed (${printable(error)}).`),
      );
    this.provider = new BasicTracerProvider({
      resource,
      spanProcessors: [...delivering, ...options.spanProcessors.map(isolated)],
      ...(sampler && { sampler }),
    });
    this.tracerProvider = this.provider;
  }

  /** Spans that wait or are in flight. */
  get pending(): number {
    return this.ledger.pending;
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
