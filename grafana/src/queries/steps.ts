// What happened in a long window, out of what is recorded every five minutes.
import {
  binary,
  Expression,
  increaseOver,
  overTime,
  sum,
  topk,
  type Match,
  type Window,
} from '../../../prometheus/src/promql/index.js';
import { recorded, type RecordedLabel, type RecordedName } from '../../../prometheus/src/recording/series.js';
import { STEP, STEP_SOURCES, type StepName } from '../../../prometheus/src/recording/steps.js';
import { MOST_AGENTS } from '../../../prometheus/src/recording/agents.js';
import { counted, SCOPE } from './scope.js';

interface Choice<N extends RecordedName, B> {
  readonly where?: { readonly [L in RecordedLabel<N>]?: string | Match };
  readonly by?: readonly B[];
}

/**
 * How much came in the window, by some labels. May lag by five minutes; of label values that have no such step yet, the
 * last five minutes count as they are: a new stack is not empty until the first is recorded.
 */
export function stepsIn<N extends StepName, B extends RecordedLabel<N> = never>(
  name: N,
  window: Window,
  choice: Choice<N, B> = {},
): Expression<B> {
  const source = STEP_SOURCES[name]({ ...SCOPE, ...choice.where });
  const lately = sum<string, B>(increaseOver(source, STEP), choice.by);
  return binary(recordedStepsIn(name, window, choice), 'or', lately);
}

/** The same of what is recorded alone: for shares, of which both parts must be of the same time. */
export function recordedStepsIn<N extends StepName, B extends RecordedLabel<N> = never>(
  name: N,
  window: Window,
  { where, by = [] }: Choice<N, B> = {},
): Expression<B> {
  const steps = recorded(name, { ...SCOPE, ...where });
  return sum<RecordedLabel<N>, B>(overTime('sum', steps, window), by);
}

/** Recorded once an hour: what an agent did in 30 days, of the agents of each service that did the most. */
type Monthly = Extract<RecordedName, `${string}:increase30d`>;
/** Longer than an hour, so that there is always one. */
const LATEST = '65m';

type OfAgents = { readonly agent_id?: Match };
const BY_AGENT = ['agent_id', 'service_name'] as const;

export const monthOfAgents = (name: Monthly, where: OfAgents = {}) =>
  sum(overTime('last', recorded(name, { ...SCOPE, ...where }), LATEST), BY_AGENT);

/** Those with the most violations; in the first hour, and of the last five minutes, as the kernels count them. */
export function worstAgents(most = MOST_AGENTS, where: OfAgents = {}) {
  const lately = sum(increaseOver(counted('agent_os_violations_total', where), STEP), BY_AGENT);
  return topk(most, binary(monthOfAgents('agent_os_agent:violations:increase30d', where), 'or', lately));
}
