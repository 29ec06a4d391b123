import type { Sampler, SpanExporter, SpanLimits, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { TracerProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';

/** A provider of the official SDK. */
export interface SdkTracerProvider extends TracerProvider {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface SdkTracerOptions {
  readonly resource: Resource;
  readonly spanProcessors: SpanProcessor[];
  readonly sampler?: Sampler;
  readonly spanLimits?: SpanLimits;
}

export interface BatchOptions {
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
  readonly scheduledDelayMillis: number;
  readonly exportTimeoutMillis: number;
}

/** What is used of the trace SDK: the same of version 2 and 3, which name and call it differently. */
export interface TraceSdk {
  provider(options: SdkTracerOptions): SdkTracerProvider;
  batches(exporter: SpanExporter, options: BatchOptions): SpanProcessor;
}

/** `@opentelemetry/sdk-trace-base` of version 2. */
interface Version2 {
  readonly BasicTracerProvider: new (options: SdkTracerOptions) => SdkTracerProvider;
  readonly BatchSpanProcessor: new (exporter: SpanExporter, options: BatchOptions) => SpanProcessor;
}

/** `@opentelemetry/sdk-trace` of version 3. */
interface Version3 {
  readonly TracerProvider: new (options: SdkTracerOptions) => SdkTracerProvider;
  readonly BatchSpanProcessor: new (options: BatchOptions & { exporter: SpanExporter }) => SpanProcessor;
}

/** @param loaded - the package of either version */
export function traceSdkOf(loaded: unknown): TraceSdk {
  const sdk = loaded as Version2 | Version3;
  return 'TracerProvider' in sdk
    ? {
        provider: (options) => new sdk.TracerProvider(options),
        batches: (exporter, options) => new sdk.BatchSpanProcessor({ exporter, ...options }),
      }
    : {
        provider: (options) => new sdk.BasicTracerProvider(options),
        batches: (exporter, options) => new sdk.BatchSpanProcessor(exporter, options),
      };
}
