import type { Attributes } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { IMetricReader, ViewOptions } from '@opentelemetry/sdk-metrics';
import type { Sampler, SpanLimits, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  ATTR_TELEMETRY_SDK_LANGUAGE,
  ATTR_TELEMETRY_SDK_NAME,
  ATTR_TELEMETRY_SDK_VERSION,
} from '@opentelemetry/semantic-conventions';
import type { CardinalityLimits } from '../cardinality/cardinality-limits.js';
import type { DropLog } from '../diagnostics/drop-log.js';
import type { MetricStore } from '../pipeline/metrics/metric-store.js';
import { type HostPackages, loadOfficialPackages, type OfficialPackages } from './official-packages.js';
import { exporterConfig, type OtlpEndpoint } from './otlp-exporter.js';
import { StockMetricStore } from './stock-metric-store.js';
import type { BatchSizes } from './traces/delivering-processor.js';
import { TracePipeline } from './traces/trace-pipeline.js';

export interface OtelSdkMetrics {
  readonly cardinalityLimits: Required<CardinalityLimits>;
  /** Longest time of one collection. */
  readonly collectionTimeoutMillis: number;
  /** Samples that say when a series began, in OpenMetrics. */
  readonly createdSamples: boolean | undefined;
  readonly readers: readonly IMetricReader[];
  readonly views: readonly ViewOptions[];
  /** How often metrics are pushed by OTLP; undefined for never. */
  readonly pushIntervalMillis: number | undefined;
}

export interface OtelSdkTraces {
  /** Whether spans are exported by OTLP. */
  readonly exported: boolean;
  readonly sizes: BatchSizes;
  readonly spanProcessors: readonly SpanProcessor[];
  readonly sampler: Sampler;
  readonly spanLimits: SpanLimits;
}

export interface OtelSdkOptions {
  readonly resource: { readonly attributes: Attributes; readonly schemaUrl?: string | undefined };
  /** Of the metrics; that of the rest by default. */
  readonly metricResource?: OtelSdkOptions['resource'];
  /** Undefined where the host keeps the metrics itself. */
  readonly metrics: OtelSdkMetrics | undefined;
  /** Undefined where the host keeps the spans itself. */
  readonly traces: OtelSdkTraces | undefined;
  /** What is left out, the exporters read from the environment as they are made, which is now. */
  readonly otlp: OtlpEndpoint;
  readonly drops: DropLog;
}

/** Its store has the MeterProvider and the page, its traces the TracerProvider and what waits for delivery. */
export interface OtelSdkPipeline {
  readonly store: MetricStore | undefined;
  readonly traces: TracePipeline | undefined;
}

/**
 * The pipeline by the official packages, which the host has installed: version 2.12 or 3.1.
 *
 * @throws ObservabilityError AOO_PIPELINE_UNAVAILABLE where they are missing, or of another version
 */
export function otelSdkPipeline(options: OtelSdkOptions, host?: HostPackages): OtelSdkPipeline {
  const { metrics, traces } = options;
  const parts = {
    metrics: metrics !== undefined,
    pushMetrics: metrics?.pushIntervalMillis !== undefined,
    traces: traces !== undefined,
    exportTraces: traces?.exported === true,
  };
  const packages = loadOfficialPackages(parts, host);
  const resource = sdkResource(packages, options.resource);
  const ofMetrics = sdkResource(packages, options.metricResource ?? options.resource);
  return {
    traces: traces && tracePipeline(packages, resource, traces, options),
    // Last: its push has a timer, which nobody would stop if this threw.
    store: metrics && metricStore(packages, ofMetrics, metrics, options),
  };
}

/** Ours, in the class of the SDK, which it names as what made the telemetry. */
function sdkResource(
  { core, resources }: OfficialPackages,
  { attributes, schemaUrl }: OtelSdkOptions['resource'],
): Resource {
  const { SDK_INFO } = core();
  const madeBy: Attributes = {
    [ATTR_TELEMETRY_SDK_LANGUAGE]: SDK_INFO[ATTR_TELEMETRY_SDK_LANGUAGE],
    [ATTR_TELEMETRY_SDK_NAME]: SDK_INFO[ATTR_TELEMETRY_SDK_NAME],
    [ATTR_TELEMETRY_SDK_VERSION]: SDK_INFO[ATTR_TELEMETRY_SDK_VERSION],
  };
  const about = schemaUrl === undefined ? {} : { schemaUrl };
  return resources().resourceFromAttributes({ ...attributes, ...madeBy }, about);
}

function tracePipeline(
  packages: OfficialPackages,
  resource: Resource,
  { exported, ...traces }: OtelSdkTraces,
  { otlp, drops }: OtelSdkOptions,
): TracePipeline {
  const { maxQueueSize, maxExportBatchSize } = traces.sizes;
  const config = exporterConfig(otlp, 'v1/traces', Math.ceil(maxQueueSize / maxExportBatchSize));
  const exporter = exported ? new (packages.spanExporter().OTLPTraceExporter)(config) : undefined;
  return new TracePipeline({ ...traces, sdk: packages.traces(), resource, exporter, drops });
}

function metricStore(
  packages: OfficialPackages,
  resource: Resource,
  { cardinalityLimits, pushIntervalMillis, ...metrics }: OtelSdkMetrics,
  { otlp, drops }: OtelSdkOptions,
): StockMetricStore {
  const exporter = (): InstanceType<ReturnType<OfficialPackages['metricExporter']>['OTLPMetricExporter']> =>
    new (packages.metricExporter().OTLPMetricExporter)(exporterConfig(otlp, 'v1/metrics', 1));
  return new StockMetricStore({
    ...metrics,
    packages,
    resource: () => resource,
    caps: cardinalityLimits,
    drops,
    push:
      pushIntervalMillis === undefined
        ? undefined
        : { exporter: exporter(), intervalMillis: pushIntervalMillis },
  });
}
