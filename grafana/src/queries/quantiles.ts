import {
  binary,
  quantile,
  quantileOf as quantileOfBuckets,
  sum,
  type Expression,
  type Histogram,
  type Window,
} from '../../../prometheus/src/promql/index.js';
import { growth } from './growth.js';

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
  const count = binary(sum(growth(histogram.count, window)), '>', 0);
  return binary(sum(growth(histogram.sum, window)), '/', count);
}

/** A quantile of what happens so rarely that a rate would miss what a series is born with. */
export const rareQuantileOf = <L extends string>(
  share: number,
  { buckets }: Histogram<L>,
  window: Window,
): Expression => binary(quantileOfBuckets(share, growth(buckets, window)), '>=', 0);
