import type { Server } from 'node:http';
import { resolvedLimits, type CardinalityLimits } from '../cardinality/cardinality-limits.js';
import { reliableClock, type Clock } from '../common/clock.js';
import type { EnvironmentSettings } from './environment.js';
import type { MetricReader, ViewOptions } from '../otel-sdk/types.js';
import { DEFAULTS, type ObservabilityOptions, type OtlpOptions, type TracesOptions } from './options.js';

/** Options with environment and defaults applied: what the rest of the package reads. */
export interface ResolvedOptions extends Pick<
  ObservabilityOptions,
  'serviceVersion' | 'environment' | 'resource' | 'meterProvider' | 'tracerProvider'
> {
  readonly serviceName: string;
  readonly policyMode: string;
  /** undefined: no endpoint of ours. */
  readonly prometheus: { host: string; port: number; path: string; server: Server | undefined } | undefined;
  readonly collectionTimeoutMillis: number;
  readonly otlp: OtlpOptions;
  readonly exportTraces: boolean;
  readonly pushMetrics: boolean;
  readonly traces: Required<
    Pick<TracesOptions, 'maxQueueSize' | 'maxExportBatchSize' | 'scheduledDelayMillis'>
  > &
    Pick<TracesOptions, 'spanProcessors' | 'sampler'>;
  readonly cardinalityLimits: Required<CardinalityLimits>;
  readonly exportIntervalMillis: number;
  readonly selfMetrics: boolean;
  readonly store: 'fast' | 'stock';
  readonly readers: readonly MetricReader[];
  readonly views: readonly ViewOptions[];
  readonly createdSamples: boolean;
  readonly exemplars: boolean;
  readonly idleExpiryMillis: number | undefined;
  readonly registerGlobally: boolean;
  readonly propagators:
    NonNullable<ObservabilityOptions['propagators']> | readonly ('tracecontext' | 'baggage')[];
  readonly diagnostics: NonNullable<ObservabilityOptions['diagnostics']>;
  readonly signalHandlers: boolean;
  readonly shutdownTimeoutMillis: number;
  readonly clock: Clock;
}

/** Options win over the environment, the environment over defaults. */
export function resolveOptions(options: ObservabilityOptions, env: EnvironmentSettings): ResolvedOptions {
  const { prometheus, otlp, traces = {}, metrics = {} } = options;
  const endpointWanted = prometheus === undefined ? (env.prometheusEnabled ?? true) : prometheus !== false;
  const endpoint = prometheus || {};
  const maxQueueSize = traces.maxQueueSize ?? env.maxQueueSize ?? DEFAULTS.traces.maxQueueSize;
  const batchSize = traces.maxExportBatchSize ?? env.maxExportBatchSize ?? DEFAULTS.traces.maxExportBatchSize;
  return {
    serviceName: options.serviceName ?? env.serviceName ?? '',
    ...(options.serviceVersion !== undefined && { serviceVersion: options.serviceVersion }),
    ...(options.environment !== undefined && { environment: options.environment }),
    ...(options.resource && { resource: options.resource }),
    ...(options.meterProvider && { meterProvider: options.meterProvider }),
    ...(options.tracerProvider && { tracerProvider: options.tracerProvider }),
    policyMode: options.policyMode ?? DEFAULTS.policyMode,
    prometheus:
      endpointWanted && !options.meterProvider
        ? {
            host: endpoint.host ?? env.prometheusHost ?? DEFAULTS.prometheus.host,
            port: endpoint.port ?? env.prometheusPort ?? DEFAULTS.prometheus.port,
            path: endpoint.path ?? DEFAULTS.prometheus.path,
            server: endpoint.server,
          }
        : undefined,
    collectionTimeoutMillis: endpoint.timeoutMillis ?? DEFAULTS.prometheus.timeoutMillis,
    otlp: otlp || {},
    exportTraces: otlp === undefined ? (env.exportTraces ?? true) : otlp !== false,
    pushMetrics: otlp !== false && (metrics.otlp ?? env.pushMetrics ?? false),
    traces: {
      maxQueueSize,
      maxExportBatchSize: Math.min(batchSize, maxQueueSize),
      scheduledDelayMillis:
        traces.scheduledDelayMillis ?? env.scheduledDelayMillis ?? DEFAULTS.traces.scheduledDelayMillis,
      ...(traces.spanProcessors && { spanProcessors: traces.spanProcessors }),
      ...(traces.sampler && { sampler: traces.sampler }),
    },
    cardinalityLimits: resolvedLimits(metrics.cardinalityLimits),
    exportIntervalMillis:
      metrics.exportIntervalMillis ?? env.exportIntervalMillis ?? DEFAULTS.metrics.exportIntervalMillis,
    selfMetrics: metrics.selfMetrics ?? DEFAULTS.metrics.selfMetrics,
    store: metrics.store ?? DEFAULTS.metrics.store,
    readers: metrics.readers ?? [],
    views: metrics.views ?? [],
    idleExpiryMillis: metrics.idleExpiryMillis,
    exemplars: metrics.exemplars ?? env.exemplars ?? DEFAULTS.metrics.exemplars,
    createdSamples: metrics.createdSamples ?? DEFAULTS.metrics.createdSamples,
    registerGlobally: options.registerGlobally ?? true,
    propagators: options.propagators ?? env.propagators ?? ['tracecontext', 'baggage'],
    diagnostics: options.diagnostics ?? env.diagnostics ?? DEFAULTS.diagnostics,
    signalHandlers: options.signalHandlers ?? true,
    shutdownTimeoutMillis: options.shutdownTimeoutMillis ?? DEFAULTS.shutdownTimeoutMillis,
    clock: reliableClock(options.clock),
  };
}
