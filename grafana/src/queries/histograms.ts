import {
  binary,
  quantile,
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
