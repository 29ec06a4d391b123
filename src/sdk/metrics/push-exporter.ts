import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { DropLog } from '../../instruments/drop-log.js';
import { printable } from '../../instruments/drop-log.js';
import type { LiveSeries } from './live-series.js';

/** An exporter of pushed metrics whose failures are counted and said once, and that sends no stale series. */
export function countedPushExporter(
  inner: PushMetricExporter,
  live: LiveSeries,
  drops: DropLog,
): PushMetricExporter {
  return {
    export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
      inner.export(live.only(metrics), (result) => {
        if (result.code !== ExportResultCode.SUCCESS) {
          const series = metrics.scopeMetrics.flatMap((scope) =>
            scope.metrics.map((m) => m.dataPoints.length),
          );
          const count = series.reduce((sum, n) => sum + n, 0);
          const message = `could not push metrics by OTLP (${printable(result.error)}); they go with the next push.`;
          drops.dropped('metrics', 'export_failed', 'push', message, count);
        }
        done({ code: ExportResultCode.SUCCESS }); // said and counted: the stock reader would log each failure again
      });
    },
    forceFlush: () => inner.forceFlush(),
    shutdown: () => inner.shutdown(),
    ...(inner.selectAggregationTemporality && {
      selectAggregationTemporality: (type) => inner.selectAggregationTemporality!(type),
    }),
    ...(inner.selectAggregation && { selectAggregation: (type) => inner.selectAggregation!(type) }),
  };
}
