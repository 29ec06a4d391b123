import {
  binary,
  quantile,
  rate,
  sum,
  type Expression,
  type Histogram,
  type Window,
} from '../../../prometheus/src/promql/index.js';

/** A quantile, and no sample at all where nothing was observed: PromQL's NaN is a number to a panel. */
export function quantileOf<L extends string, B extends L = never>(
  share: number,
  histogram: Histogram<L>,
  { window = '$__rate_interval', by = [] }: { readonly window?: Window; readonly by?: readonly B[] } = {},
): Expression<B> {
  return binary(quantile(share, histogram, window, by), '>=', 0);
}

/** The mean, and no sample at all where nothing was observed. */
export function meanOf<L extends string, B extends L = never>(
  histogram: Histogram<L>,
  { window = '$__rate_interval', by = [] }: { readonly window?: Window; readonly by?: readonly B[] } = {},
): Expression<B> {
  const count = binary(sum(rate(histogram.count, window), by), '>', 0);
  return binary(sum(rate(histogram.sum, window), by), '/', count);
}
