import type { ExportResult } from '@opentelemetry/core';
import type {
  PeriodicExportingMetricReader,
  PushMetricExporter,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { withDeadline } from '../common/deadline.js';
import { type DropLog, printable } from '../diagnostics/drop-log.js';
import { EXPORT_SUCCESS, exportOnce } from './export-once.js';

export interface PushOptions {
  readonly exporter: PushMetricExporter;
  readonly intervalMillis: number;
}

/** Longest time of one push. */
const LONGEST_PUSH_MILLIS = 30_000;

/**
 * The official reader that pushes on a timer, with its failures counted.
 *
 * @param Reader - its class: the official SDK is loaded only where metrics are pushed
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

/**
 * An exporter of pushed metrics that counts its failures and warns once. No answer in time is a failure too: the
 * official reader would log each one.
 *
 * @param only - removes what must not be sent
 */
function countedPushExporter(
  inner: PushMetricExporter,
  drops: DropLog,
  timeoutMillis: number,
  only: (metrics: ResourceMetrics) => ResourceMetrics = (metrics) => metrics,
): PushMetricExporter {
  return {
    export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
      const sent = new Promise<void>((resolve, reject) => {
        exportOnce(inner, only(metrics), (failure) => (failure === undefined ? resolve() : reject(failure)));
      });
      const late = (): never => {
        throw new Error(`no answer in ${timeoutMillis} ms`);
      };
      void withDeadline(sent, timeoutMillis, late)
        .catch((failure: unknown) => {
          const series = metrics.scopeMetrics.flatMap((scope) => scope.metrics);
          const count = series.reduce((sum, { dataPoints }) => sum + dataPoints.length, 0);
          const message = `could not push metrics by OTLP (${printable(failure)}); they go with the next push.`;
          drops.dropped('metrics', 'export_failed', 'push', message, count);
        })
        .then(() => done({ code: EXPORT_SUCCESS })); // counted and warned of: the reader would log it again
    },
    forceFlush: () => inner.forceFlush(),
    shutdown: () => inner.shutdown(),
    ...(inner.selectAggregationTemporality && {
      selectAggregationTemporality: (type) => inner.selectAggregationTemporality!(type),
    }),
    ...(inner.selectAggregation && { selectAggregation: (type) => inner.selectAggregation!(type) }),
  };
}
