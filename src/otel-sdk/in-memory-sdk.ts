import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { CardinalityLimits } from '../cardinality/cardinality-limits.js';
import { Disposables } from '../common/disposables.js';
import type { DropLog } from '../diagnostics/drop-log.js';
import { registerGlobals } from '../pipeline/globals.js';
import type { CollectedSeries } from '../pipeline/metrics/metric-store.js';
import { NativeMetricStore } from '../pipeline/metrics/native-metric-store.js';
import { resourceWith } from '../pipeline/resource.js';
import { type CollectedSpan, InMemorySpans } from '../pipeline/traces/in-memory-spans.js';
import { RESOURCE_SERVICE_NAME } from '../semconv/resource.js';
import { loadOfficialPackages } from './official-packages.js';
import { StockMetricStore } from './stock-metric-store.js';

/** The parts of the official SDK that keep metrics. */
const METRICS = { metrics: true, pushMetrics: false, traces: false, exportTraces: false };

/** Pipelines that end in memory: what a test reads. Registers a context manager where there is none. */
export class InMemorySdk {
  readonly meterProvider: MeterProvider;
  readonly tracerProvider: TracerProvider;
  readonly store: NativeMetricStore | StockMetricStore;
  private readonly inMemorySpans: InMemorySpans;
  private readonly registered = new Disposables();

  constructor(options: {
    caps: Required<CardinalityLimits>;
    drops: DropLog;
    pipeline: 'native' | 'otel-sdk';
  }) {
    const { caps, drops } = options;
    const resource = resourceWith({ [RESOURCE_SERVICE_NAME]: 'test' });
    const common = { caps, drops, collectionTimeoutMillis: 5000, readers: [], createdSamples: false };
    if (options.pipeline === 'otel-sdk') {
      const packages = loadOfficialPackages(METRICS);
      const official = packages.resources().resourceFromAttributes(resource.attributes);
      this.store = new StockMetricStore({
        ...common,
        packages,
        resource: () => official,
        push: undefined,
        views: [],
      });
    } else {
      this.store = new NativeMetricStore({ ...common, resource: () => resource });
    }
    this.inMemorySpans = new InMemorySpans(resource, drops);
    this.meterProvider = this.store.meterProvider;
    this.tracerProvider = this.inMemorySpans.tracerProvider;
    registerGlobals(
      { meterProvider: undefined, tracerProvider: undefined, loggerProvider: undefined },
      () => undefined,
      this.registered,
    );
  }

  series(): Promise<CollectedSeries[]> {
    return this.store.series();
  }

  spans(): CollectedSpan[] {
    return this.inMemorySpans.spans();
  }

  forgetSpans(): void {
    this.inMemorySpans.forget();
  }

  async shutdown(): Promise<void> {
    this.registered.dispose();
    this.inMemorySpans.shutdown();
    await this.store.shutdown();
  }
}
