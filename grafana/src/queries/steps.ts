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
import {
  recorded,
  RECORDED_SERIES,
  type RecordedLabel,
  type RecordedName,
} from '../../../prometheus/src/recording/series.js';
import {
  STEP,
  STEP_SOURCES,
  type StepName,
  type StepSource,
} from '../../../prometheus/src/recording/steps.js';
import { MOST_AGENTS } from '../../../prometheus/src/recording/agents.js';
import { SCOPE } from './scope.js';

interface Choice<N extends RecordedName, B> {
  readonly where?: { readonly [L in RecordedLabel<N>]?: string | Match };
  readonly by?: readonly B[];
}

/** What rules count all the time anyway, without agents: raw series that name them are too many for a page. */
const COUNTED: Partial<Record<StepName, RecordedName>> = {
  'agent_os:violations:each5m': 'agent_os:violations:increase5m',
  'agent_os:violation_kinds:each5m': 'agent_os:violations:increase5m',
  'agent_os:violation_policies:each5m': 'agent_os:violations:increase5m',
  'agent_os:sigkills:each5m': 'agent_os:sigkills:increase5m',
};
const SOURCES: Partial<Record<StepName, StepSource>> = STEP_SOURCES;

/**
 * How much came in the window, by some labels. May lag by five minutes; of label values that have no such step yet, the
 * last five minutes count as they are: a new stack is not empty until the first is recorded. For what is asked once: along
 * a month, `recordedStepsIn`.
 */
export function stepsIn<N extends StepName, B extends RecordedLabel<N> = never>(
  name: N,
  window: Window,
  choice: Choice<N, B> = {},
): Expression<B> {
  const { where, by = [] } = choice;
  const steps = recordedStepsIn(name, window, choice);
  const counted = COUNTED[name];
  if (counted !== undefined) {
    const known = by.filter((label) => RECORDED_SERIES[counted]!.includes(label));
    const lately = sum<string, B>(recorded(counted, { ...SCOPE, ...where }), known);
    return binary(steps, 'or', lately, known.length < by.length ? { on: known } : {});
  }
  const source = SOURCES[name];
  if (source === undefined) return steps;
  return binary(steps, 'or', sum<string, B>(increaseOver(source({ ...SCOPE, ...where }), STEP), by));
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

/** What an agent did in 30 days, of the agents of each service that did the most. */
type Monthly = Extract<RecordedName, `${string}:increase30d`>;
/** Longer than the interval of the rule, so that there is always one. */
const LATEST = '20m';

type OfAgents = { readonly agent_id?: Match };

export const monthOfAgents = (name: Monthly, where: OfAgents = {}) =>
  sum(overTime('last', recorded(name, { ...SCOPE, ...where }), LATEST), ['agent_id', 'service_name']);

/** Those with the most violations. */
export const worstAgents = (most = MOST_AGENTS, where: OfAgents = {}) =>
  topk(most, monthOfAgents('agent_os_agent:violations:increase30d', where));
