import { Counter, Histogram, Registry } from 'prom-client';

/** A registry of prom-client with one metric. */
export class PromClient {
  readonly registry = new Registry();

  counter<L extends string>(name: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name, help: 'A counter.', labelNames, registers: [this.registry] });
  }

  histogram<L extends string>(
    name: string,
    labelNames: readonly L[],
    buckets: readonly number[],
  ): Histogram<L> {
    const help = 'A histogram.';
    return new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.registry] });
  }

  export(): Promise<string> {
    return this.registry.metrics();
  }
}
