import type { MeterProvider, TextMapPropagator, TracerProvider } from '@opentelemetry/api';
import { type Resource, resourceOf } from './pipeline/resource.js';
import type { IMetricReader } from '@opentelemetry/sdk-metrics';
import { allOf, settledWithin } from './common/deadline.js';
import { type DropLog, printable } from './diagnostics/drop-log.js';
import type { ExpositionSource } from './exposition/exposition-source.js';
import type { SeriesCount } from './cardinality/registry-meter.js';
import type { ResolvedOptions } from './options/resolved-options.js';
import { loadOfficialPackages } from './otel-sdk/official-packages.js';
import { otelSdkPipeline } from './otel-sdk/otel-sdk-pipeline.js';
import { exporterConfig } from './otel-sdk/otlp-exporter.js';
import { propagatorOf } from './pipeline/context/propagators.js';
import { pushReader } from './otel-sdk/push-reader.js';
import type { TracePipeline } from './otel-sdk/traces/trace-pipeline.js';
import type { MetricStore } from './pipeline/metrics/metric-store.js';
import { NativeMetricStore } from './pipeline/metrics/native-metric-store.js';
import { lazily } from './pipeline/preload.js';

/** Longest time of a flush that is not a shutdown, in milliseconds: an export with all its retries. */
const FLUSH_TIMEOUT_MILLIS = 30_000;

/** The pipelines of one initObservability, where the host has not passed its own. */
export class Pipelines {
  readonly meterProvider: MeterProvider;
  readonly tracerProvider: TracerProvider;
  readonly exposition: ExpositionSource;
  readonly store: MetricStore | undefined;
  readonly traces: TracePipeline | undefined;
  private readonly resource: () => Resource;

  constructor(
    private readonly options: ResolvedOptions,
    private readonly drops: DropLog,
  ) {
    this.resource = lazily(() => resourceOf(options, process.env));
    const official = this.officialPipeline();
    this.traces = official.traces;
    // Last: its push has a timer, which nobody would stop if this threw.
    this.store = official.store ?? (options.meterProvider ? undefined : this.nativeStore());
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

  /** What is not loaded at the start. */
  loads(): readonly (() => unknown)[] {
    return [() => this.resource()];
  }

  private officialPipeline(): ReturnType<typeof otelSdkPipeline> {
    const { options, drops } = this;
    const { traces, metrics, otlp } = options;
    const { cardinalityLimits, createdSamples } = metrics;
    const stock = options.meterProvider === undefined && options.pipeline === 'otel-sdk';
    if (!stock && options.tracerProvider) return { store: undefined, traces: undefined };
    return otelSdkPipeline({
      resource: this.resource(),
      metrics: stock
        ? {
            cardinalityLimits,
            collectionTimeoutMillis: options.prometheus.timeoutMillis,
            createdSamples,
            readers: (metrics.readers ?? []) as IMetricReader[],
            views: metrics.views ?? [],
            pushIntervalMillis: options.pushMetrics ? metrics.exportIntervalMillis : undefined,
          }
        : undefined,
      traces: options.tracerProvider
        ? undefined
        : {
            exported: options.exportTraces,
            sizes: traces,
            spanProcessors: traces.spanProcessors ?? [],
            sampler: traces.sampler,
            spanLimits: undefined,
          },
      otlp,
      drops,
    });
  }

  private nativeStore(): MetricStore {
    const { options, drops, resource } = this;
    const { cardinalityLimits: caps, createdSamples, exemplars, idleExpiryMillis } = options.metrics;
    const collectionTimeoutMillis = options.prometheus.timeoutMillis;
    return new NativeMetricStore({
      ...{ resource, caps, drops, collectionTimeoutMillis, createdSamples },
      readers: [...this.pushReaders(), ...((options.metrics.readers ?? []) as IMetricReader[])],
      exemplars,
      idleExpiryMillis,
    });
  }

  private pushReaders(): IMetricReader[] {
    const { options, drops } = this;
    if (!options.pushMetrics) return [];
    const parts = { metrics: true, pushMetrics: true, traces: false, exportTraces: false };
    const packages = loadOfficialPackages(parts);
    const { OTLPMetricExporter } = packages.metricExporter();
    const exporter = new OTLPMetricExporter(exporterConfig(options.otlp, 'v1/metrics', 1));
    const push = { exporter, intervalMillis: options.metrics.exportIntervalMillis };
    return [pushReader(packages.metrics().PeriodicExportingMetricReader, push, drops)];
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
