import type { Attributes } from '@opentelemetry/api';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Scope } from '../pipeline/metrics/checked-meter.js';
import type { ObservableKind } from '../pipeline/metrics/instrument.js';

/**
 * Which series each observable instrument reported at its last collection. The official SDK exports an observable's
 * series for ever; here a series that is not reported leaves with the next collection. Series are told apart by their
 * attributes object, which is always the same one.
 */
export class LiveSeries {
  private readonly instruments = new Map<string, ReadonlySet<Attributes>>();
  private readonly orders = new WeakMap<Attributes, number>();
  private recordings = 0;

  static key({ name, version, schemaUrl }: Scope, metric: string, kind: ObservableKind | undefined): string {
    return JSON.stringify([name, version ?? '', schemaUrl ?? '', metric.toLowerCase(), kind]);
  }

  /** Starts watching an instrument. Until a callback has run it has no live series. */
  watch(key: string): void {
    this.instruments.set(key, new Set());
  }

  reported(key: string, series: ReadonlySet<Attributes>): void {
    this.instruments.set(key, series);
  }

  /** Notes that a series of a gauge is the newest. */
  recorded(series: Attributes): void {
    this.orders.set(series, ++this.recordings);
  }

  /** More for the series of a gauge that was recorded or reported later. */
  orderOf(series: Attributes): number {
    return this.orders.get(series) ?? 0;
  }

  /** The same metrics without the stale series of observables; metrics left empty are left out. */
  only(metrics: ResourceMetrics): ResourceMetrics {
    return {
      resource: metrics.resource,
      scopeMetrics: metrics.scopeMetrics.map(({ scope, metrics: list }) => ({
        scope,
        metrics: list
          .map((metric) => {
            const { name, type } = metric.descriptor as { name: string; type?: string };
            const live = this.instruments.get(
              LiveSeries.key(scope, name, type === undefined ? undefined : KINDS[type]),
            );
            if (live === undefined) return metric;
            const points = metric.dataPoints as { attributes: Attributes }[];
            const dataPoints = points.filter(({ attributes }) => live.has(attributes));
            return { ...metric, dataPoints } as typeof metric;
          })
          .filter((metric) => metric.dataPoints.length > 0),
      })),
    };
  }
}

/** By the values of InstrumentType, which the descriptor has at run time. */
const KINDS: Readonly<Record<string, ObservableKind>> = {
  OBSERVABLE_COUNTER: 'observableCounter',
  OBSERVABLE_UP_DOWN_COUNTER: 'observableUpDownCounter',
  OBSERVABLE_GAUGE: 'observableGauge',
};
