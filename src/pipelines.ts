import type { MeterProvider, TextMapPropagator, TracerProvider } from '@opentelemetry/api';
import type { SeriesCount } from './cardinality/registry-meter.js';
import { allOf, settledWithin } from './common/deadline.js';
import type { LoggerProvider, SpanProcessor } from './common/host-types.js';
import { type DropLog, printable } from './diagnostics/drop-log.js';
import type { ExpositionSource } from './exposition/exposition-source.js';
import type { ResolvedOptions } from './options/resolved-options.js';
import { otelSdkPipeline, type OtelSdkOptions } from './otel-sdk/otel-sdk-pipeline.js';
import { sdkLimits, sdkSampler } from './otel-sdk/traces/sdk-settings.js';
import { propagatorOf } from './pipeline/context/propagators.js';
import { logLimits } from './pipeline/logs/log-limits.js';
import { NativeLogPipeline } from './pipeline/logs/native-log-pipeline.js';
import { sayFarewell } from './pipeline/metrics/farewell.js';
import type { MetricPushSettings } from './pipeline/metrics/metric-push.js';
import type { MetricStore } from './pipeline/metrics/metric-store.js';
import { NativeMetricStore } from './pipeline/metrics/native-metric-store.js';
import { refuseBoundReaders } from './pipeline/metrics/reader-binding.js';
import { OtlpSender } from './pipeline/otlp/otlp-sender.js';
import { otlpTarget } from './pipeline/otlp/otlp-target.js';
import { type Resource, resourceOf, resourceWith } from './pipeline/resource.js';
import { NativeTracePipeline } from './pipeline/traces/native-trace-pipeline.js';
import { samplerFromEnvironment } from './pipeline/traces/sampler.js';
import { spanLimits } from './pipeline/traces/span-limits.js';
import type { SpanWatch } from './pipeline/traces/span-pipeline.js';
import { GenAiSpans, genAiBridge, type GenAiProcessor, type GenAiRecorders } from './genai/genai-bridge.js';
import { RESOURCE_METRICS_PUSHED } from './semconv/resource.js';
import { SharedPage } from './workers/shared-page.js';

/** Longest time of a flush that is not a shutdown, in milliseconds: an export with all its retries. */
const FLUSH_TIMEOUT_MILLIS = 30_000;

/** The way of spans, by whichever pipeline. */
interface TracePipeline {
  readonly tracerProvider: TracerProvider;
  /** Spans that wait or are in flight. */
  readonly pending: number;
  /** Whether the last batch failed. */
  readonly failing: boolean;
  /** Counts what is pending as lost and says why. */
  abandon(why: string): void;
  /** @param last - whether the process is about to end: an endpoint where nobody is is not tried again then */
  forceFlush(last?: boolean): Promise<void>;
  shutdown(): Promise<void>;
}

/** The pipelines of one initObservability, where the host has not passed its own. */
export class Pipelines {
  readonly meterProvider: MeterProvider;
  readonly tracerProvider: TracerProvider;
  readonly loggerProvider: LoggerProvider;
  readonly exposition: ExpositionSource;
  readonly store: MetricStore | undefined;
  readonly traces: TracePipeline | undefined;
  /** Ours whichever pipeline keeps the rest; undefined where the host has its own. */
  readonly logs: NativeLogPipeline | undefined;
  readonly resource: Resource;
  /** The same, and what says that metrics go both ways. */
  private readonly metricResource: Resource;
  /** Is told of each span of the official pipeline, where something counts the calls of models. */
  private readonly officialWatch: OfficialWatch = { processor: undefined };
  private readonly warned = new Set<string>();
  private saidFarewell: Promise<void> | undefined;

  constructor(
    private readonly options: ResolvedOptions,
    private readonly env: NodeJS.ProcessEnv,
    private readonly drops: DropLog,
    private readonly spanWatch?: SpanWatch,
  ) {
    if (!options.meterProvider) refuseBoundReaders(options.metrics.readers ?? []);
    this.resource = resourceOf(options, env);
    this.metricResource = options.exportsTwice
      ? this.resource.merge(resourceWith({ [RESOURCE_METRICS_PUSHED]: true }))
      : this.resource;
    const { store, traces } = options.pipeline === 'otel-sdk' ? this.official() : this.native();
    this.store = store;
    this.traces = traces;
    this.meterProvider = (options.meterProvider ?? store?.meterProvider) as MeterProvider;
    this.logs = options.loggerProvider ? undefined : this.nativeLogs();
    this.loggerProvider = (options.loggerProvider ?? this.logs?.loggerProvider) as LoggerProvider;
    this.tracerProvider = (options.tracerProvider ?? traces?.tracerProvider) as TracerProvider;
    this.exposition = store ?? ELSEWHERE;
  }

  /** What carries context between processes; undefined where the host wants nothing to. */
  readonly propagator = (): TextMapPropagator | undefined => propagatorOf(this.options.propagators);

  /** Has calls of models counted from the spans of ours, whichever pipeline makes them. */
  countModelCalls({ agent }: GenAiRecorders): void {
    const recorders: GenAiRecorders = { agent, meterProvider: this.meterProvider };
    if (this.traces instanceof NativeTracePipeline) {
      const spans = new GenAiSpans(recorders, (span) => (span as { around?: object }).around);
      this.traces.models.ended = (span) => spans.ended(span);
    } else this.officialWatch.processor = genAiBridge(recorders);
  }

  /** Spans and log records that wait or are in flight. */
  get pending(): number {
    return this.deliveries().reduce((sum, { pending }) => sum + pending, 0);
  }

  /** Counts what is pending as lost. */
  abandonAtExit(): void {
    this.traces?.abandon(`the process ended with ${this.traces.pending} spans queued`);
    this.logs?.abandon(`the process ended with ${this.logs.pending} log records queued`);
  }

  seriesCounts(): Iterable<SeriesCount> {
    return this.store?.seriesCounts() ?? [];
  }

  /** The page of all processes of the service; undefined where each has its own. */
  sharedPage(): SharedPage | undefined {
    const { options, store, metricResource: resource, drops } = this;
    if (!options.sharesPage || store === undefined) return undefined;
    return new SharedPage({
      source: store,
      resource: resource.attributes,
      gauges: options.workers.gauges ?? {},
      createdSamples: options.metrics.createdSamples,
      drops,
      timeoutMillis: options.prometheus.timeoutMillis,
    });
  }

  /** Delivers what waits and what is in flight. Never rejects. */
  async forceFlush(): Promise<void> {
    await this.flush(FLUSH_TIMEOUT_MILLIS, false);
  }

  /** The same before the process ends; true when all of it settled by the deadline of a shutdown. Never rejects. */
  flushLast(): Promise<boolean> {
    return this.flush(this.options.shutdownTimeoutMillis, true);
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
      () => this.logs?.shutdown(),
      () => this.store?.forceFlush(true),
      () => this.farewell(),
    );
    const inTime = await settledWithin(work, total - reserve, this.failed);
    if (!inTime)
      for (const way of this.deliveries()) way.abandon(`the shutdown deadline of ${total} ms passed`);
    const last = allOf(() => this.store?.shutdown(), endLast);
    if (!(await settledWithin(last, Math.max(reserve, 100), this.failed))) this.store?.abandon();
  }

  private flush(timeoutMillis: number, last: boolean): Promise<boolean> {
    const work = allOf(
      () => this.traces?.forceFlush(last),
      () => this.logs?.forceFlush(last),
      () => this.store?.forceFlush(last),
      () => (last ? this.farewell() : undefined),
    );
    return settledWithin(work, timeoutMillis, this.failed);
  }

  /** A push says so itself; a page would end before anybody reads it. */
  private farewell(): Promise<void> | undefined {
    const { options, env, resource } = this;
    const { pushMetrics, exportTraces, exportLogs } = options;
    if (this.store === undefined || pushMetrics || !(exportTraces || exportLogs)) return undefined;
    const target = otlpTarget('metrics', options.otlp, env, () => {});
    return target && (this.saidFarewell ??= sayFarewell(target, resource));
  }

  private deliveries(): (TracePipeline | NativeLogPipeline)[] {
    return [this.traces, this.logs].filter((way) => way !== undefined);
  }

  private nativeLogs(): NativeLogPipeline {
    const { options, env, resource, drops } = this;
    const { events, otlp, exportLogs } = options;
    return new NativeLogPipeline({
      resource,
      target: exportLogs ? (otlpTarget('logs', otlp, env, this.warn) ?? 'nowhere') : undefined,
      queue: events,
      limits: logLimits(env, this.warn),
      drops,
    });
  }

  private native(): { store: MetricStore | undefined; traces: TracePipeline | undefined } {
    const { options } = this;
    const traces = options.tracerProvider ? undefined : this.nativeTraces();
    try {
      // Last: its push has a timer, which nobody would stop if this threw.
      return { traces, store: options.meterProvider ? undefined : this.nativeStore() };
    } catch (error) {
      void traces?.shutdown();
      throw error;
    }
  }

  private nativeTraces(): NativeTracePipeline {
    const { options, env, resource, drops } = this;
    const { traces, otlp, exportTraces } = options;
    return new NativeTracePipeline({
      resource,
      target: exportTraces ? (otlpTarget('traces', otlp, env, this.warn) ?? 'nowhere') : undefined,
      queue: traces,
      sampler: traces.sampler ?? samplerFromEnvironment(env, this.warn),
      limits: spanLimits(env, this.warn),
      processors: traces.spanProcessors ?? [],
      drops,
      watch: this.spanWatch,
    });
  }

  private nativeStore(): MetricStore {
    const { options, drops, metricResource: resource } = this;
    const {
      cardinalityLimits: caps,
      createdSamples,
      exemplars,
      idleExpiryMillis,
      readers = [],
    } = options.metrics;
    return new NativeMetricStore({
      resource: () => resource,
      caps,
      drops,
      collectionTimeoutMillis: options.prometheus.timeoutMillis,
      createdSamples,
      readers,
      exemplars,
      idleExpiryMillis,
      push: options.pushMetrics ? this.metricPush() : undefined,
    });
  }

  private metricPush(): MetricPushSettings | undefined {
    const { options, env } = this;
    const target = otlpTarget('metrics', options.otlp, env, this.warn);
    if (target === undefined) return undefined;
    const { exportIntervalMillis, exportTimeoutMillis, temporality } = options.metrics;
    return {
      sender: new OtlpSender(target),
      intervalMillis: exportIntervalMillis,
      timeoutMillis: exportTimeoutMillis,
      temporality,
    };
  }

  private official(): ReturnType<typeof otelSdkPipeline> {
    const { options, resource, metricResource, drops } = this;
    const { otlp } = options;
    return otelSdkPipeline({
      resource,
      metricResource,
      metrics: options.meterProvider ? undefined : officialMetrics(options),
      traces: options.tracerProvider ? undefined : this.officialTraces(),
      otlp,
      drops,
    });
  }

  private officialTraces(): OtelSdkOptions['traces'] {
    const { env, options, officialWatch } = this;
    const { traces, exportTraces } = options;
    return {
      exported: exportTraces,
      sizes: traces,
      spanProcessors: [
        ...(options.genAiBridge ? [watching(officialWatch)] : []),
        ...(traces.spanProcessors ?? []),
      ],
      sampler: traces.sampler ?? sdkSampler(samplerFromEnvironment(env, this.warn)),
      spanLimits: sdkLimits(spanLimits(env, this.warn)),
    };
  }

  /** Says what of the environment is not used, once. */
  private readonly warn = (name: string, message: string): void => {
    if (this.warned.has(message)) return;
    this.warned.add(message);
    this.drops.warn(`environment/${name}/${message}`, message);
  };

  private readonly failed = (error: unknown): void => {
    const message = `a flush failed (${printable(error)}).`;
    this.drops.warn('flush', message);
  };
}

/** Known once there is something to record with. */
interface OfficialWatch {
  processor: GenAiProcessor | undefined;
}

function watching(watch: OfficialWatch): SpanProcessor {
  return {
    onStart: (span, parent) => watch.processor?.onStart(span as object, parent),
    onEnd: (span) => watch.processor?.onEnd(span as object),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}

function officialMetrics(options: ResolvedOptions): OtelSdkOptions['metrics'] {
  const { cardinalityLimits, createdSamples, readers, views, exportIntervalMillis } = options.metrics;
  return {
    cardinalityLimits,
    collectionTimeoutMillis: options.prometheus.timeoutMillis,
    createdSamples,
    readers: (readers ?? []) as unknown as NonNullable<OtelSdkOptions['metrics']>['readers'],
    views: views ?? [],
    pushIntervalMillis: options.pushMetrics ? exportIntervalMillis : undefined,
  };
}

/** What our endpoint says when the host keeps the metrics itself. */
const ELSEWHERE: ExpositionSource = {
  export: async () => '# The metrics are in the MeterProvider that the host passed to initObservability.\n',
  contentType: () => 'text/plain; version=0.0.4; charset=utf-8',
};
