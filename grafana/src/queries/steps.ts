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
  HOUR,
  STEP,
  STEP_SOURCES,
  type Hourly,
  type StepName,
  type StepSource,
} from '../../../prometheus/src/recording/steps.js';
import { MOST_AGENTS } from '../../../prometheus/src/recording/agents.js';
import { selectorText } from '../../../prometheus/src/promql/labels.js';
import { SCOPE } from './scope.js';

interface Choice<N extends RecordedName, B> {
  readonly where?: { readonly [L in RecordedLabel<N>]?: string | Match };
  readonly by?: readonly B[];
}

/**
 * The variable that says which steps the range of a page takes: of five minutes up to two days, of an hour beyond, so that a
 * month has no more than a page can add up.
 */
export const STEPS_VARIABLE = 'steps';
const MOST_SECONDS_OF_STEPS = 2 * 86_400;
export const stepsOf = (rangeSeconds: number): string => (rangeSeconds > MOST_SECONDS_OF_STEPS ? HOUR : STEP);

/** The same for Grafana, which asks Prometheus: there is one of the two, with the label `steps`. */
export const STEPS_QUERY = (['>', '<='] as const)
  .map((is) => {
    const steps = is === '>' ? HOUR : STEP;
    return `label_replace(vector($__range_s) ${is} ${MOST_SECONDS_OF_STEPS}, "${STEPS_VARIABLE}", "${steps}", "", "")`;
  })
  .join(' or ');

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
  return orLately(name, recordedStepsIn(name, window, choice), choice);
}

/** The same over the range of the page, in the steps that suit it. */
export function stepsInRange<N extends Hourly, B extends RecordedLabel<`${N}:each5m`> = never>(
  name: N,
  choice: Choice<`${N}:each5m`, B> = {},
): Expression<B> {
  return orLately(`${name}:each5m`, recordedStepsInRange(name, choice), choice);
}

export function recordedStepsInRange<N extends Hourly, B extends RecordedLabel<`${N}:each5m`> = never>(
  name: N,
  { where, by = [] }: Choice<`${N}:each5m`, B> = {},
): Expression<B> {
  const steps = `${name}:each$${STEPS_VARIABLE}${selectorText({ ...SCOPE, ...where })}`;
  return sum<string, B>(overTime('sum', new Expression<string>(steps), '$__range'), by);
}

/** Over days, out of what is added up each hour; until the first hour is, each is there by its five minutes. */
export function hoursIn<N extends Hourly>(name: N, window: Window): Expression<RecordedLabel<`${N}:each5m`>> {
  const of = (steps: 'each1h' | 'each5m', over: Window) => {
    const series = `${name}:${steps}${selectorText(SCOPE)}`;
    return overTime('sum', new Expression<RecordedLabel<`${N}:each5m`>>(series), over);
  };
  return binary(of('each1h', window), 'or', of('each5m', HOUR));
}

function orLately<N extends StepName, B extends RecordedLabel<N>>(
  name: N,
  steps: Expression<B>,
  { where, by = [] }: Choice<N, B>,
): Expression<B> {
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
type Ranked = Extract<RecordedName, `${string}:ranked`>;
/** Longer than the interval of the rule, so that there is always one. */
const LATEST = '20m';

type OfAgents = { readonly agent_id?: Match };

export const monthOfAgents = (name: Ranked, where: OfAgents = {}) =>
  sum(overTime('last', recorded(name, { ...SCOPE, ...where }), LATEST), ['agent_id', 'service_name']);

/** Those with the most violations. */
export const worstAgents = (most = MOST_AGENTS, where: OfAgents = {}) =>
  topk(most, monthOfAgents('agent_os_agent:violations:ranked', where));
