import { Expression } from './expression.js';
import { binary, quantileOf, sum, type Duration, type Window } from './functions.js';
import type { Counter, Histogram } from './metrics.js';
import { overTime } from './over-time.js';

/**
 * How much each series increased in the window, in whole numbers, with what it began with, over restarts: Prometheus
 * stores a 0 at the time when a series began, which each path tells it (docs/adr/0020). Alerts, recording rules and panels
 * all use this, so the same window of the same metric is the same number everywhere. `portable` says it to others.
 */
export const increaseOver = <L extends string>(series: Counter<L>, window: Window): Expression<L> =>
  new Expression(`increase(${series.selector}[${window}] anchored)`);

/**
 * The same of all counters of others whose names the regular expression matches, added up: the Collector does not say when
 * its own began, and has many of them only from their first event on. What they have now, less what they had before the
 * window; all that they have where they are new or fewer. An hour without samples makes them new.
 */
export function increaseOfOthers<L extends string>(
  names: string,
  window: Duration,
  by: readonly L[],
): Expression<L> {
  const all = new Expression<L>(`{__name__=~"${names}"}`);
  const now = sum(overTime('last', all, window), by);
  const before = sum(overTime('last', all, '1h', window), by);
  return binary(binary(binary(now, '-', before), '>=', 0), 'or', now);
}

/** A quantile of what a histogram saw in the window, its first sample included: for what happens rarely. */
export function quantileOver<L extends string, B extends L = never>(
  share: number,
  { buckets }: Histogram<L>,
  window: Window,
  by: readonly B[] = [],
): Expression<B> {
  return quantileOf<L, B>(share, increaseOver(buckets, window), by);
}
