import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import type { IMetricReader } from '@opentelemetry/sdk-metrics';
import {
  DEFAULT_CARDINALITY_LIMITS,
  type CardinalityLimits,
} from '../../src/cardinality/cardinality-limits.js';
import { DropLog } from '../../src/diagnostics/drop-log.js';
import type { MetricPushSettings } from '../../src/pipeline/metrics/metric-push.js';
import { NativeMetricStore } from '../../src/pipeline/metrics/native-metric-store.js';
import { loadOfficialPackages } from '../../src/otel-sdk/official-packages.js';
import { StockMetricStore } from '../../src/otel-sdk/stock-metric-store.js';

/** What must hold for both pipelines is tested with both. */
export const PIPELINES = ['native', 'otel-sdk'] as const;
export type PipelineName = (typeof PIPELINES)[number];

export interface StoreOptions {
  readonly resource?: Resource;
  readonly caps?: CardinalityLimits;
  readonly drops?: DropLog;
  /** @defaultValue 5000 */
  readonly collectionTimeoutMillis?: number;
  readonly readers?: readonly IMetricReader[];
  /** Of the native store; the stock one has the wall clock and is not pushed. */
  readonly now?: () => number;
  readonly push?: MetricPushSettings;
}

const TEST_RESOURCE = resourceFromAttributes({ 'service.name': 'test' });

export function nativeStore({ now, push, ...options }: StoreOptions = {}): NativeMetricStore {
  return new NativeMetricStore({ ...common(options), push, ...(now && { now }) });
}

export function stockStore(options: StoreOptions = {}): StockMetricStore {
  const parts = { metrics: true, pushMetrics: false, traces: false, exportTraces: false };
  const packages = loadOfficialPackages(parts);
  return new StockMetricStore({ ...common(options), packages, push: undefined, views: [] });
}

/** The store of a pipeline, without anything else of the package. */
export function metricStore(
  name: PipelineName,
  options: StoreOptions = {},
): NativeMetricStore | StockMetricStore {
  return name === 'native' ? nativeStore(options) : stockStore(options);
}

function common({ resource, caps, drops, collectionTimeoutMillis, readers }: StoreOptions) {
  return {
    resource: () => resource ?? TEST_RESOURCE,
    caps: { ...DEFAULT_CARDINALITY_LIMITS, ...caps },
    drops: drops ?? new DropLog(),
    collectionTimeoutMillis: collectionTimeoutMillis ?? 5000,
    readers: readers ?? [],
    createdSamples: false,
  };
}
