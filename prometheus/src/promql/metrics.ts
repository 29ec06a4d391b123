// What the registry's metrics are in PromQL: a counter only within a range, a histogram only by its parts.
import { definitionOf, type MetricNameOfKind } from '../../../src/semconv/index.js';
import { Expression } from './expression.js';
import { selectorText, type LabelOf, type Where } from './labels.js';

/** Series that only grow, and are meaningless without a range. */
export class Counter<L extends string> {
  constructor(readonly selector: string) {}
  /** Only there so that the labels are part of the type. */
  declare readonly labels: L;
}

/** Series of one histogram. */
export class Histogram<L extends string> {
  constructor(
    readonly name: string,
    readonly where: string,
  ) {}
  declare readonly labels: L;

  get buckets(): Counter<L | 'le'> {
    return new Counter(`${this.name}_bucket${this.where}`);
  }

  get sum(): Counter<L> {
    return new Counter(`${this.name}_sum${this.where}`);
  }

  get count(): Counter<L> {
    return new Counter(`${this.name}_count${this.where}`);
  }
}

export function counter<N extends MetricNameOfKind<'counter'>>(
  name: N,
  where: Where<N> = {},
): Counter<LabelOf<N>> {
  return new Counter(`${name}${selectorText(where)}`);
}

export function gauge<N extends MetricNameOfKind<'observableGauge' | 'upDownCounter'>>(
  name: N,
  where: Where<N> = {},
): Expression<LabelOf<N>> {
  return new Expression(`${name}${selectorText(where)}`);
}

export function histogram<N extends MetricNameOfKind<'histogram'>>(
  name: N,
  where: Where<N> = {},
): Histogram<LabelOf<N>> {
  return new Histogram(name, selectorText(where));
}

/** The bucket that ends at a bound, by the label of its series; the histogram must have it. */
export function boundOf(name: MetricNameOfKind<'histogram'>, bound: number): string {
  const { buckets = [] } = definitionOf(name);
  if (!buckets.includes(bound)) throw new Error(`${name} has no bucket that ends at ${bound}`);
  return String(bound);
}
