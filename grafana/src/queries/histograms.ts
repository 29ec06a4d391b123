import {
  binary,
  Counter,
  increaseOver,
  quantile,
  sum,
  type Expression,
  type Histogram,
  type Window,
} from '../../../prometheus/src/promql/index.js';
import { definitionOf, type MetricName } from '../../../src/semconv/index.js';

/** A quantile, and no sample at all where nothing was observed: PromQL's NaN is a number to a panel. */
export function quantileOf<L extends string, B extends L = never>(
  share: number,
  histogram: Histogram<L>,
  { window = '$__rate_interval', by = [] }: { readonly window?: Window; readonly by?: readonly B[] } = {},
): Expression<B> {
  return binary(quantile(share, histogram, window, by), '>=', 0);
}

/** The mean of what was observed in the window, and no sample at all where nothing was. */
export function meanOf<L extends string>(histogram: Histogram<L>, window: Window): Expression {
  const count = binary(sum(increaseOver(histogram.count, window)), '>', 0);
  return binary(sum(increaseOver(histogram.sum, window)), '/', count);
}

/** What fell into each bucket in the window; cumulative, as Prometheus has it: the format `heatmap` takes differences. */
export const bucketsFilled = <L extends string>(histogram: Histogram<L>, window: Window): Expression<'le'> =>
  sum<L | 'le', 'le'>(increaseOver(histogram.buckets, window), ['le']);

/** The observations up to a bound, which must be one that the histogram has. */
export function upTo<L extends string>(histogram: Histogram<L>, bound: number): Counter<L> {
  const { buckets = [] } = definitionOf(histogram.name as MetricName);
  if (!buckets.includes(bound)) throw new Error(`${histogram.name} has no bucket that ends at ${bound}`);
  return new Counter(histogram.buckets.selector.replace('}', `,le="${bound}"}`));
}
