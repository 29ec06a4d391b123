import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { ExpositionSource } from '../http/metrics-handler.js';
import { printable, type DropLog } from '../instruments/drop-log.js';
import type { SeriesCount } from '../instruments/telemetry-metrics.js';
import type { OtlpOptions } from '../options.js';
import type { ResolvedOptions } from '../resolved-options.js';
import { settledWithin } from './deadline.js';
import type { MetricStore } from './metrics/metric-store.js';
import { FastMetricStore } from './metrics/fast/fast-metric-store.js';
import { pushReader } from './metrics/push-reader.js';
import { StockMetricStore } from './metrics/stock/stock-metric-store.js';
import { exporterConfig } from './otlp.js';
import { resourceOf } from './resource.js';
import { TracePipeline } from './traces/trace-pipeline.js';

/** Longest time of a flush that is not a shutdown, in milliseconds: an export with all its retries. */
const FLUSH_TIMEOUT_MILLIS = 30_000;

/** The pipelines of one initObservability, where the host has not passed its own. */
export class RunningSdk {
  readonly meterProvider: MeterProvider;
  readonly tracerProvider: TracerProvider;
  readonly exposition: ExpositionSource;
  readonly store: MetricStore | undefined;
  readonly traces: TracePipeline | undefined;

  constructor(
    private readonly options: ResolvedOptions,
    private readonly drops: DropLog,
  ) {
    const resource = resourceOf(options);
    this.traces = options.tracerProvider ? undefined : tracePipeline(options, resource, drops);
    // Last: its push has a timer, which nobody would stop if this threw.
    this.store = options.meterProvider ? undefined : metricStore(options, resource, drops);
    this.meterProvider = (options.meterProvider ?? this.store?.meterProvider) as MeterProvider;
    this.tracerProvider = (options.tracerProvider ?? this.traces?.tracerProvider) as TracerProvider;
    this.exposition = this.store ?? ELSEWHERE;
  }

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

  private readonly failed = (error: unknown): void => {
    const message = `a flush failed (${printable(error)}).`;
    this.drops.warn('flush', message);
  };
}

/** Settles when all have; rejects with the first failure, after the others had their time. */
async function allOf(...work: (() => Promise<void> | undefined)[]): Promise<void> {
  const results = await Promise.allSettled(work.map(async (start) => start()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** What our endpoint says when the host keeps the metrics itself. */
const ELSEWHERE: ExpositionSource = {
  export: async () => '# The metrics are in the MeterProvider that the host passed to initObservability.\n',
  contentType: () => 'text/plain; version=0.0.4; charset=utf-8',
};

type Resource = ReturnType<typeof resourceOf>;

function metricStore(options: ResolvedOptions, resource: Resource, drops: DropLog): MetricStore {
  const { labelCaps: caps, collectionTimeoutMillis, readers, views, createdSamples } = options;
  const push = options.pushMetrics
    ? { exporter: pushExporter(options.otlp), intervalMillis: options.exportIntervalMillis }
    : undefined;
  const common = { resource, caps, drops, collectionTimeoutMillis };
  if (options.store === 'stock') return new StockMetricStore({ ...common, push, readers, views });
  const pushed = push ? [pushReader(push, drops)] : [];
  return new FastMetricStore({ ...common, readers: [...pushed, ...readers], createdSamples });
}

function pushExporter(otlp: OtlpOptions): PushMetricExporter {
  return new OTLPMetricExporter(exporterConfig(otlp, 'v1/metrics', 1));
}

function tracePipeline(options: ResolvedOptions, resource: Resource, drops: DropLog): TracePipeline {
  const { traces, otlp } = options;
  const batches = Math.ceil(traces.maxQueueSize / traces.maxExportBatchSize);
  return new TracePipeline({
    resource,
    exporter: options.exportTraces
      ? new OTLPTraceExporter(exporterConfig(otlp, 'v1/traces', batches))
      : undefined,
    sizes: traces,
    spanProcessors: traces.spanProcessors ?? [],
    sampler: traces.sampler,
    drops,
  });
}
