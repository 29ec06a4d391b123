import { Expression } from './expression.js';
import { binary, increase, quantileOf, type Duration, type Window } from './functions.js';
import { gauge, type Counter, type Histogram } from './metrics.js';
import { overTime } from './over-time.js';

/**
 * A series that had no sample for so long before a window is new in it: longer than scrapes fail as a rule, or each
 * outage would count everything anew.
 */
const REMEMBERED: Duration = '1h';
/** The same of windows of days. */
const REMEMBERED_FOR_DAYS: Duration = '1d';

/** Scraped by Collectors beside them, kernels of many hosts have one address. */
const PROCESS = ['service_name', 'deployment_environment_name', 'agent_os_kernel_id', 'service_instance_id'];
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const uptime = gauge('agent_os_kernel_uptime_seconds');

/**
 * How much each series increased in the window, its first value included: `increase` misses what a series starts with,
 * and label values, new processes and rare events make most series short. Alerts, recording rules and panels all use
 * this, so the same window of the same metric is the same number everywhere.
 */
export function increaseOver<L extends string>(series: Counter<L>, window: Window): Expression<L> {
  return isLong(window) ? overDays(series, window) : withinAnHour(series, window);
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

/** The range of a page is hours or days; its bars are minutes. */
function isLong(window: Window): boolean {
  return window === '$__range' || (!window.startsWith('$') && secondsOf(window as Duration) > 3600);
}

/**
 * In whole numbers: `increase` extrapolates, so that five can be more than five. A series that began anew in the window,
 * or for the first time, counts with all it has; one that has ended since, with all it had. Two things a counter alone
 * does not show, and the uptime of its process does: that it began anew and has reached its old value again; and that it
 * is old and only now seen, in an empty Prometheus or after a long outage. Then what it had when it was first seen came
 * at an unknown time, and does not count.
 */
function withinAnHour<L extends string>(series: Counter<L>, window: Window): Expression<L> {
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

/**
 * Over days a process restarts under the same name, and only `increase` counts over every reset. It extrapolates to the
 * edges of the window, so a count may be off by a share of it; stats show no decimals.
 */
function overDays<L extends string>(series: Counter<L>, window: Window): Expression<L> {
  const grown = increase(series, window).text;
  const began = `${overTime('min', series, window).text} unless ${overTime('last', series, REMEMBERED_FOR_DAYS, window).text}`;
  return new Expression(`${grown} + (${began}) or ${grown} or ${began}`, false);
}

/** Processes that began in the window. */
const began = (window: Window): Expression<string> =>
  binary<string, never>(overTime('last', uptime, window), '<', secondsIn(window));

/** Processes that are older than the window, and that nobody saw before it. */
const onlyNowSeen = (window: Window): Expression<string> =>
  binary<string, string>(
    binary<string, never>(overTime('min', uptime, window), '>', secondsIn(window)),
    'unless',
    overTime('last', uptime, REMEMBERED, window),
  );

/** Series of others know no process, and are left as they are. */
const unlessProcess = <L extends string>(series: Expression<L>, which: Expression<string>): Expression<L> =>
  new Expression(`${series.atom} unless on (${PROCESS.join(', ')}) ${which.atom}`, false);

/** As PromQL: Grafana has the length of its own windows in a variable. */
function secondsIn(window: Window): Expression {
  return new Expression(
    window.startsWith('$') ? `(${window}_ms / 1000)` : String(secondsOf(window as Duration)),
  );
}

function secondsOf(window: Duration): number {
  return Number.parseInt(window, 10) * SECONDS[window.slice(-1) as keyof typeof SECONDS];
}
