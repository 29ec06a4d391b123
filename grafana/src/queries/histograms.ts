import {
  binary,
  quantile,
  type Expression,
  type Histogram,
  type Window,
} from '../../../prometheus/src/promql/index.js';
import { definitionOf, type MetricNameOfKind } from '../../../src/semconv/index.js';

/** A quantile, and no sample at all where nothing was observed: PromQL's NaN is a number to a panel. */
export function quantileOf<L extends string, B extends L = never>(
  share: number,
  histogram: Histogram<L>,
  { window = '$__rate_interval', by = [] }: { readonly window?: Window; readonly by?: readonly B[] } = {},
): Expression<B> {
  return binary(quantile(share, histogram, window, by), '>=', 0);
}

/** The bucket that ends at a bound, by the label of its series; the histogram must have it. */
export function boundOf(name: MetricNameOfKind<'histogram'>, bound: number): string {
  const { buckets = [] } = definitionOf(name);
  if (!buckets.includes(bound)) throw new Error(`${name} has no bucket that ends at ${bound}`);
  return String(bound);
}
