import { binary, quantileOf, type Duration } from './functions.js';
import type { Expression } from './expression.js';
import type { Counter, Histogram } from './metrics.js';
import { overTime } from './over-time.js';

/**
 * A series that had no sample for so long before a window is new in it: longer than scrapes fail as a rule, or each
 * outage would count everything anew. In an empty Prometheus every series is new.
 */
export const REMEMBERED: Duration = '1h';

/**
 * What came in the window, series by series, as whole numbers. `increase` would miss what a series is born with, and
 * label values, processes and rare events bear series all the time; and it extrapolates, so that five can be more than
 * five. A series that began anew in the window, or for the first time, counts with all it has; one that has ended since,
 * with all it had.
 */
export function growth<L extends string>(series: Counter<L>, window: Duration): Expression<L> {
  const now = overTime('last', series, window);
  const before = overTime('last', series, REMEMBERED, window);
  return binary(binary(binary(now, '-', before), '>=', 0), 'or', now);
}

/** A quantile of what a histogram saw in the window, its first sample included: for what happens rarely. */
export function quantileOfGrowth<L extends string, B extends L = never>(
  share: number,
  { buckets }: Histogram<L>,
  window: Duration,
  by: readonly B[] = [],
): Expression<B> {
  return quantileOf<L, B>(share, growth(buckets, window), by);
}
