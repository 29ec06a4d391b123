import type { Attributes } from '@opentelemetry/api';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';

type Callback = object;

/**
 * Which series of observable instruments the last run of each callback reported. The stock SDK goes on exporting an
 * observable's series for ever; here one that is no longer reported leaves with the next collection.
 */
export class LiveSeries {
  private readonly instruments = new Map<string, Map<Callback, ReadonlySet<Attributes>>>();

  static key(scope: { name: string; version?: string | undefined }, metric: string): string {
    return `${scope.name}\n${scope.version ?? ''}\n${metric.toLowerCase()}`;
  }

  /** Starts watching an instrument. Until a callback has run it has no live series. */
  watch(key: string): void {
    if (!this.instruments.has(key)) this.instruments.set(key, new Map());
  }

  reported(key: string, callback: Callback, series: ReadonlySet<Attributes>): void {
    this.instruments.get(key)?.set(callback, series);
  }

  forget(key: string, callback: Callback): void {
    this.instruments.get(key)?.delete(callback);
  }

  /** The same metrics without the stale series of observables; metrics left empty are left out. */
  only(metrics: ResourceMetrics): ResourceMetrics {
    return {
      resource: metrics.resource,
      scopeMetrics: metrics.scopeMetrics.map(({ scope, metrics: list }) => ({
        scope,
        metrics: list
          .map((metric) => {
            const callbacks = this.instruments.get(LiveSeries.key(scope, metric.descriptor.name));
            if (callbacks === undefined) return metric;
            const live = [...callbacks.values()];
            const points = metric.dataPoints as { attributes: Attributes }[];
            const dataPoints = points.filter(({ attributes }) => live.some((set) => set.has(attributes)));
            return { ...metric, dataPoints } as typeof metric;
          })
          .filter((metric) => metric.dataPoints.length > 0),
      })),
    };
  }
}
