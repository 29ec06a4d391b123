import { gauge } from './metrics.js';
import { binary, quantileOf, type Duration } from './functions.js';
import { Expression } from './expression.js';
import type { Counter, Histogram } from './metrics.js';
import { overTime } from './over-time.js';

/**
 * A series that had no sample for so long before a window is new in it: longer than scrapes fail as a rule, or each
 * outage would count everything anew.
 */
export const REMEMBERED: Duration = '1h';

const PROCESS = ['service_name', 'deployment_environment_name', 'service_instance_id'];
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const uptime = gauge('agent_os_kernel_uptime_seconds');

/**
 * What came in the window, series by series, as whole numbers. `increase` would miss what a series is born with, and
 * label values, processes and rare events bear series all the time; and it extrapolates, so that five can be more than
 * five. A series that began anew in the window, or for the first time, counts with all it has; one that has ended since,
 * with all it had. Two things a counter alone does not show, and the uptime of its process does: that it began anew and
 * has reached its old value again; and that it is old and only now seen, in an empty Prometheus or after a long outage.
 * Then what it had when it was first seen came at an unknown time, and does not count.
 */
export function growth<L extends string>(series: Counter<L>, window: Duration): Expression<L> {
  const now = overTime('last', series, window);
  const before = overTime('last', series, REMEMBERED, window);
  const continued = binary(binary(now, '-', before), '>=', 0);
  const sinceSeen = binary(now, '-', overTime('min', series, window));
  const counted = binary(
    unlessProcess(continued, began(window)),
    'or',
    unlessProcess(now, onlyNowSeen(window)),
  );
  return binary(counted, 'or', sinceSeen);
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

/** Processes that began in the window. */
const began = (window: Duration): Expression<string> =>
  binary<string, never>(overTime('last', uptime, window), '<', secondsOf(window));

/** Processes that are older than the window, and that nobody saw before it. */
const onlyNowSeen = (window: Duration): Expression<string> =>
  binary<string, string>(
    binary<string, never>(overTime('min', uptime, window), '>', secondsOf(window)),
    'unless',
    overTime('last', uptime, REMEMBERED, window),
  );

/** Series of others know no process, and are left as they are. */
const unlessProcess = <L extends string>(series: Expression<L>, which: Expression<string>): Expression<L> =>
  new Expression(`${series.atom} unless on (${PROCESS.join(', ')}) ${which.atom}`, false);

function secondsOf(window: Duration): number {
  return Number.parseInt(window, 10) * SECONDS[window.slice(-1) as keyof typeof SECONDS];
}
