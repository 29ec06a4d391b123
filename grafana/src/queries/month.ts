import {
  binary,
  Expression,
  sum,
  sumOfSteps,
  type LabelOf,
  type Where,
  type Window,
} from '../../../prometheus/src/promql/index.js';
import { selectorText } from '../../../prometheus/src/promql/labels.js';
import type { RecordedLabel, RecordedName } from '../../../prometheus/src/recording/series.js';
import type { MetricNameOfKind } from '../../../src/semconv/index.js';
import { increaseOf } from './increase-of.js';
import { SCOPE } from './scope.js';

/** What each hour brought, recorded every hour: a month is 720 samples of it, and 172 800 of the metric. */
const HOUR = '1h';
type Hourly = Extract<RecordedName, `${string}:increase1h`>;

/**
 * What happened in a long window, out of what is recorded by the hour; so it may lag by one. Of what has no such hour yet,
 * the last hour counts as it is: a new stack is not empty until the clock strikes.
 */
export function hourByHour<
  R extends Hourly,
  N extends MetricNameOfKind<'counter'>,
  B extends RecordedLabel<R> & LabelOf<N> = never,
>(
  { recorded, metric }: { readonly recorded: R; readonly metric: N },
  window: Window,
  {
    where = {} as Pick<Where<N>, RecordedLabel<R> & LabelOf<N>>,
    by = [],
  }: {
    readonly where?: Pick<Where<N>, RecordedLabel<R> & LabelOf<N>>;
    readonly by?: readonly B[];
  } = {},
): Expression<B> {
  const hours: Expression<RecordedLabel<R>> = new Expression(
    `${recorded}${selectorText({ ...SCOPE, ...where })}`,
  );
  return binary(
    sum(sumOfSteps(hours, window, HOUR), by),
    'or',
    increaseOf(metric, HOUR, { where: where as Where<N>, by }),
  );
}

export const VIOLATIONS = {
  recorded: 'agent_os:violations:increase1h',
  metric: 'agent_os_violations_total',
} as const;
export const VIOLATIONS_OF_AGENTS = {
  recorded: 'agent_os_agent:violations:increase1h',
  metric: 'agent_os_violations_total',
} as const;
export const BLOCKED = {
  recorded: 'agent_os:violations_blocked:increase1h',
  metric: 'agent_os_violations_blocked_total',
} as const;
export const SIGKILLS = {
  recorded: 'agent_os:sigkills:increase1h',
  metric: 'agent_os_sigkill_total',
} as const;
