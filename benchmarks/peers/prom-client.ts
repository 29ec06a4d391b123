import { Counter, Histogram, Registry, type OpenMetricsContentType } from 'prom-client';

/** What a metric of prom-client may have beside its names. */
interface MetricExtras {
  readonly enableExemplars?: boolean;
}

/** A registry of prom-client. */
export class PromClient {
  readonly registry = new Registry();

  /** @param format - OpenMetrics shows exemplars, the older text does not */
  constructor(format: { readonly openMetrics?: boolean } = {}) {
    if (!format.openMetrics) return;
    const registry = this.registry as unknown as Registry<OpenMetricsContentType>;
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  }

  counter<L extends string>(name: string, labelNames: readonly L[], extras: MetricExtras = {}): Counter<L> {
    return new Counter({ name, help: 'A counter.', labelNames, registers: [this.registry], ...extras });
  }

  histogram<L extends string>(
    name: string,
    labelNames: readonly L[],
    buckets: readonly number[],
    extras: MetricExtras = {},
  ): Histogram<L> {
    const help = 'A histogram.';
    const registers = [this.registry];
    return new Histogram({ name, help, labelNames, buckets: [...buckets], registers, ...extras });
  }

  export(): Promise<string> {
    return this.registry.metrics();
  }
}
