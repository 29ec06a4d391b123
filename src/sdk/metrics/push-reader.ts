import type {
  PeriodicExportingMetricReader,
  PushMetricExporter,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { DropLog } from '../../instruments/drop-log.js';
import { countedPushExporter } from './push-exporter.js';

export interface PushOptions {
  readonly exporter: PushMetricExporter;
  readonly intervalMillis: number;
}

/** Longest time of one push. */
const LONGEST_PUSH_MILLIS = 30_000;

/**
 * The stock reader that pushes on a timer, its failures counted.
 *
 * @param Reader - its class: the stock SDK is loaded only where metrics are pushed
 */
export function pushReader(
  Reader: typeof PeriodicExportingMetricReader,
  { exporter, intervalMillis }: PushOptions,
  drops: DropLog,
  only?: (metrics: ResourceMetrics) => ResourceMetrics,
): PeriodicExportingMetricReader {
  const exportTimeoutMillis = Math.min(intervalMillis, LONGEST_PUSH_MILLIS);
  return new Reader({
    exporter: countedPushExporter(exporter, drops, exportTimeoutMillis * 0.9, only),
    exportIntervalMillis: intervalMillis,
    exportTimeoutMillis,
    cardinalityLimits: { default: Number.MAX_SAFE_INTEGER },
  });
}
