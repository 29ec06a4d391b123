import type { Attributes, MeterProvider, TracerProvider } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import type { CardinalityLimits } from '../cardinality/cardinality-limits.js';
import type { DropLog } from '../diagnostics/drop-log.js';
import { Disposables } from '../common/disposables.js';
import { registerGlobals } from '../pipeline/globals.js';
import type { CollectedSeries } from '../pipeline/metrics/metric-store.js';
import { NativeMetricStore } from '../pipeline/metrics/native-metric-store.js';
import { loadOfficialPackages } from './official-packages.js';
import { StockMetricStore } from './stock-metric-store.js';

/** One ended span. */
export interface CollectedSpan {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly traceId: string;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  /** 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message?: string };
  readonly durationMillis: number;
}

/** Pipelines that end in memory: what a test reads. Registers a context manager where there is none. */
export class InMemorySdk {
  readonly meterProvider: MeterProvider;
  readonly tracerProvider: TracerProvider;
  readonly store: NativeMetricStore | StockMetricStore;
  private readonly spanExporter = new InMemorySpanExporter();
  private readonly provider: BasicTracerProvider;
  private readonly registered = new Disposables();

  constructor(options: { caps: Required<CardinalityLimits>; drops: DropLog; store: 'fast' | 'stock' }) {
    const resource = resourceFromAttributes({ 'service.name': 'test' });
    const { caps, drops } = options;
    const common = {
      resource: () => resource,
      caps,
      drops,
      collectionTimeoutMillis: 5000,
      readers: [],
      createdSamples: false,
    };
    this.store =
      options.store === 'stock'
        ? new StockMetricStore({
            ...common,
            packages: loadOfficialPackages(METRICS),
            push: undefined,
            views: [],
          })
        : new NativeMetricStore(common);
    this.provider = new BasicTracerProvider({
      resource,
      spanProcessors: [new SimpleSpanProcessor(this.spanExporter)],
    });
    this.meterProvider = this.store.meterProvider;
    this.tracerProvider = this.provider;
    registerGlobals(
      { meterProvider: undefined, tracerProvider: undefined },
      () => undefined,
      this.registered,
    );
  }

  series(): Promise<CollectedSeries[]> {
    return this.store.series();
  }

  spans(): CollectedSpan[] {
    return this.spanExporter.getFinishedSpans().map(collected);
  }

  forgetSpans(): void {
    this.spanExporter.reset();
  }

  async shutdown(): Promise<void> {
    this.registered.dispose();
    await this.provider.shutdown();
    await this.store.shutdown();
  }
}

const METRICS = { metrics: true, pushMetrics: false, traces: false, exportTraces: false };

function collected(span: ReadableSpan): CollectedSpan {
  const { spanId, traceId } = span.spanContext();
  return {
    name: span.name,
    spanId,
    traceId,
    parentSpanId: span.parentSpanContext?.spanId,
    attributes: span.attributes,
    events: span.events.map(({ name, attributes = {} }) => ({ name, attributes })),
    status: span.status,
    durationMillis: hrTimeToMilliseconds(span.duration),
  };
}
