// Every query is of the environments and services that the page has chosen. `.*` for All matches series without the
// label as well.
import {
  binary,
  counter,
  gauge,
  histogram,
  matches,
  number,
  sum,
  type Counter,
  type Expression,
  type Histogram,
  type LabelOf,
  type Where,
} from '../../../prometheus/src/promql/index.js';
import { AGENT_VARIABLE } from '../../../prometheus/src/links.js';
import type { MetricNameOfKind } from '../../../src/semconv/index.js';

export const SCOPE = {
  deployment_environment_name: matches('$environment'),
  service_name: matches('$service'),
} as const;

/** The agents that the page has chosen, where a metric names agents. */
export const CHOSEN_AGENTS = { agent_id: matches('$agent') } as const;

/** The one agent of the agent page, by its id to the letter. */
export const ONE_AGENT = { agent_id: `$${AGENT_VARIABLE}` } as const;

export const counted = <N extends MetricNameOfKind<'counter'>>(
  name: N,
  where: Where<N> = {},
): Counter<LabelOf<N>> => counter(name, { ...SCOPE, ...where });

export const measured = <N extends MetricNameOfKind<'observableGauge' | 'upDownCounter'>>(
  name: N,
  where: Where<N> = {},
): Expression<LabelOf<N>> => gauge(name, { ...SCOPE, ...where });

export const timed = <N extends MetricNameOfKind<'histogram'>>(
  name: N,
  where: Where<N> = {},
): Histogram<LabelOf<N>> => histogram(name, { ...SCOPE, ...where });

/**
 * 0 where nothing is counted although kernels report, and still nothing where none does: that a thing did not happen and
 * that nobody would say so are different news.
 */
export function orZeroWhileAlive(expression: Expression): Expression {
  const zero = binary(sum(measured('agent_os_kernel_uptime_seconds')), '*', number(0));
  return binary(expression, 'or', zero);
}
