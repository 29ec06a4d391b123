import {
  loadCore,
  loadMetricExporter,
  loadSpanExporter,
  loadStockMetrics,
  loadStockSdk,
  loadTraceSdk,
} from '#load-sdk';
import type { MeterProvider, TextMapPropagator, TracerProvider } from '@opentelemetry/api';
import type {
  IMetricReader,
  PushMetricExporter,
  ViewOptions as SdkViewOptions,
} from '@opentelemetry/sdk-metrics';
import { allOf, settledWithin } from './common/deadline.js';
import { type DropLog, printable } from './diagnostics/drop-log.js';
import type { ExpositionSource } from './exposition/exposition-source.js';
import type { SeriesCount } from './cardinality/registry-meter.js';
import type { ResolvedOptions } from './options/resolved-options.js';
import { exporterConfig } from './otel-sdk/otlp-exporter.js';
import { pushReader } from './otel-sdk/push-reader.js';
import { propagatorOf } from './pipeline/context/propagators.js';
import { StartEnvironment } from './otel-sdk/otlp-exporter.js';
import { LateSpanExporter } from './otel-sdk/traces/late-span-exporter.js';
import { TracePipeline } from './otel-sdk/traces/trace-pipeline.js';
import type { MetricStore } from './pipeline/metrics/metric-store.js';
import { NativeMetricStore } from './pipeline/metrics/native-metric-store.js';
import { resourceOf, type Resource } from './pipeline/resource.js';

/** Longest time of a flush that is not a shutdown, in milliseconds: an export with all its retries. */
const FLUSH_TIMEOUT_MILLIS = 30_000;

/** The pipelines of one initObservability, where the host has not passed its own. */
export class Pipelines {
  readonly meterProvider: MeterProvider;
  readonly tracerProvider: TracerProvider;
  readonly exposition: ExpositionSource;
  readonly store: MetricStore | undefined;
  readonly traces: TracePipeline | undefined;
  private readonly environment = new StartEnvironment();
  private readonly resource: () => Resource;

  constructor(
    private readonly options: ResolvedOptions,
    private readonly drops: DropLog,
  ) {
    const resource = resourceOf(options, process.env);
    this.resource = () => resource;
    this.traces = options.tracerProvider ? undefined : this.tracePipeline();
    // Last: its push has a timer, which nobody would stop if this threw.
    this.store = options.meterProvider ? undefined : this.metricStore();
    this.meterProvider = (options.meterProvider ?? this.store?.meterProvider) as MeterProvider;
    this.tracerProvider = (options.tracerProvider ?? this.traces?.tracerProvider) as TracerProvider;
    this.exposition = this.store ?? ELSEWHERE;
  }

  /** What carries context between processes; undefined where the host wants nothing to. */
  readonly propagator = (): TextMapPropagator | undefined => propagatorOf(this.options.propagators);

  get pendingSpans(): number {
    return this.traces?.pending ?? 0;
  }

  seriesCounts(): Iterable<SeriesCount> {
    return this.store?.seriesCounts() ?? [];
  }

  /** Delivers what waits and what is in flight; true when all of it settled in time. Never rejects. */
  forceFlush(timeoutMillis = FLUSH_TIMEOUT_MILLIS): Promise<boolean> {
    return settledWithin(
      allOf(
        () => this.traces?.forceFlush(),
        () => this.store?.forceFlush(),
      ),
      timeoutMillis,
      this.failed,
    );
  }

  /**
   * Delivers what can be delivered by the deadline, counts the rest, stops. Never rejects.
   *
   * @param endLast - what ends beside the metric store, as the server that shows its last values
   */
  async shutdown(endLast: () => Promise<void>): Promise<void> {
    const total = this.options.shutdownTimeoutMillis;
    const reserve = Math.min(500, total / 4); // for the last collection and the server
    const work = allOf(
      () => this.traces?.shutdown(),
      () => this.store?.forceFlush(),
    );
    const inTime = await settledWithin(work, total - reserve, this.failed);
    if (!inTime) this.traces?.abandon(`the shutdown deadline of ${total} ms passed`);
    const last = allOf(() => this.store?.shutdown(), endLast);
    await settledWithin(last, Math.max(reserve, 100), this.failed);
  }

  /** What is not loaded at the start, in the order in which it builds on another. */
  loads(): readonly (() => unknown)[] {
    return [() => loadCore(), () => this.traces?.load()];
  }

  private metricStore(): MetricStore {
    const { options, drops, resource } = this;
    const { cardinalityLimits: caps, createdSamples, exemplars, idleExpiryMillis } = options.metrics;
    const collectionTimeoutMillis = options.prometheus.timeoutMillis;
    const common = { resource, caps, drops, collectionTimeoutMillis, createdSamples };
    const readers = (options.metrics.readers ?? []) as IMetricReader[];
    const push = options.pushMetrics
      ? { exporter: this.metricExporter(), intervalMillis: options.metrics.exportIntervalMillis }
      : undefined;
    if (options.metrics.store === 'stock') {
      const views = (options.metrics.views ?? []) as SdkViewOptions[];
      return new (loadStockMetrics().StockMetricStore)({ ...common, push, readers, views });
    }
    const pushed = push ? [pushReader(loadStockSdk().PeriodicExportingMetricReader, push, drops)] : [];
    return new NativeMetricStore({
      ...common,
      readers: [...pushed, ...readers],
      exemplars,
      idleExpiryMillis,
    });
  }

  /** Made at once, where metrics are pushed: the reader asks it for its temporality. */
  private metricExporter(): PushMetricExporter {
    const { OTLPMetricExporter } = loadMetricExporter();
    return new OTLPMetricExporter(exporterConfig(this.options.otlp, 'v1/metrics', 1));
  }

  private tracePipeline(): TracePipeline {
    const { options, environment, drops, resource } = this;
    const { traces } = options;
    return new TracePipeline({
      loadTraceSdk,
      resource,
      environment,
      exporter: options.exportTraces ? this.spanExporter() : undefined,
      sizes: traces,
      spanProcessors: traces.spanProcessors ?? [],
      sampler: traces.sampler,
      drops,
    });
  }

  private spanExporter(): LateSpanExporter {
    const { traces, otlp } = this.options;
    const batches = Math.ceil(traces.maxQueueSize / traces.maxExportBatchSize);
    const config = exporterConfig(otlp, 'v1/traces', batches);
    const exporter = new LateSpanExporter(() => {
      const { OTLPTraceExporter } = loadSpanExporter();
      return this.environment.run(() => new OTLPTraceExporter(config));
    });
    if (this.environment.namesFiles()) exporter.load();
    return exporter;
  }

  private readonly failed = (error: unknown): void => {
    const message = `a flush failed (${printable(error)}).`;
    this.drops.warn('flush', message);
  };
}

/** What our endpoint says when the host keeps the metrics itself. */
const ELSEWHERE: ExpositionSource = {
  export: async () => '# The metrics are in the MeterProvider that the host passed to initObservability.\n',
  contentType: () => 'text/plain; version=0.0.4; charset=utf-8',
};

export { registerGlobals, type KeptGlobal } from './pipeline/globals.js';
export { preload } from './pipeline/preload.js';
export { flushAtProcessEnd } from './pipeline/process-end.js';
