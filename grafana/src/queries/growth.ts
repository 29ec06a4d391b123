import { Expression, increase, type Counter, type Window } from '../../../prometheus/src/promql/index.js';

/** A series that was not there for this long before a window is born in it: shorter, and an outage would bear it anew. */
const LOOKED_BACK = '1d';

/**
 * What came in the window, series by series. `increase` sees neither what a series is born with nor the only sample of
 * one, and label values, new processes and rare events make most series short: what a series began with counts too, if
 * it began in the window. Over days a process restarts under the same name, and resets are what `increase` is for.
 * Prometheus extrapolates to the edges of the window, so a count may be off by a share of it; stats show no decimals.
 */
export function growth<L extends string>(series: Counter<L>, window: Window): Expression<L> {
  const grown = increase(series, window).text;
  const began = `min_over_time(${series.selector}[${window}]) unless last_over_time(${series.selector}[${LOOKED_BACK}] offset ${window})`;
  return new Expression(`${grown} + (${began}) or ${grown} or ${began}`, false);
}
