import type { TracerProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { Sampler, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { printable, type DropLog } from '../../diagnostics/drop-log.js';
import type { StartEnvironment } from '../otlp-exporter.js';
import type * as TraceSdk from './trace-sdk.js';
import type { BatchSizes } from './delivering-processor.js';
import { DeliveryLedger } from './delivery-ledger.js';
import { LateTracerProvider } from './late-tracer-provider.js';

export interface TracePipelineOptions {
  readonly resource: () => Resource;
  readonly environment: StartEnvironment;
  readonly exporter: SpanExporter | undefined;
  readonly sizes: BatchSizes;
  readonly spanProcessors: readonly SpanProcessor[];
  readonly sampler: Sampler | undefined;
  readonly drops: DropLog;
  /** Loads what makes the provider. */
  readonly loadTraceSdk: () => typeof TraceSdk;
}

/** From an ended span to its delivery. */
export class TracePipeline {
  readonly tracerProvider: TracerProvider;
  private readonly provider: LateTracerProvider;
  private readonly ledger: DeliveryLedger;

  constructor(options: TracePipelineOptions) {
    const { sizes, environment, drops } = options;
    this.ledger = new DeliveryLedger(sizes.maxQueueSize, drops);
    this.provider = new LateTracerProvider(
      () => environment.run(() => options.loadTraceSdk().stockTracerProvider(options, this.ledger)),
      (error) => {
        const message = `the trace SDK could not be loaded (${printable(error)}); spans are lost until it can.`;
        drops.dropped('traces', 'export_failed', 'load', message);
      },
    );
    this.tracerProvider = this.provider;
    // A processor of the host is owed its flush and shutdown also where no span ever starts.
    if (options.spanProcessors.length > 0) this.load();
  }

  /** Loads the trace SDK now, so that the first span need not. */
  load(): void {
    this.provider.load();
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

  async shutdown(): Promise<void> {
    try {
      await this.provider.shutdown();
    } finally {
      this.ledger.close(); // spans that start the SDK after this are late too
    }
  }
}
