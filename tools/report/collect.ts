import { portable, type Expression } from '../../prometheus/src/promql/index.js';
import { CONFIG } from '../../prometheus/src/settings.js';
import type { MeasuredSeries } from '../pictures/measure.js';
import type { Prometheus } from '../pictures/prometheus.js';
import { anyOf, gapsIn, presentIn, type Interval } from './intervals.js';
import { secondsOf, stepOf, windowOf, type Period } from './period.js';
import * as questions from './questions.js';
import type { Breakdown, Figure } from './questions.js';

/** Which kernels the report is about, as regular expressions. */
export interface Scope {
  readonly environment: string;
  readonly service: string;
}

export interface Answered<Q> {
  readonly question: Q;
  readonly query: string;
  readonly now: readonly MeasuredSeries[];
}

export type AnsweredFigure = Answered<Figure> & {
  readonly value: number | undefined;
  /** Of the period as long before it. */
  readonly before: number | undefined;
};

interface Episodes {
  readonly labels: Readonly<Record<string, string>>;
  readonly intervals: readonly Interval[];
}

export interface Findings {
  readonly period: Period;
  readonly scope: Scope;
  /** Seconds: nothing shorter is seen of what follows. */
  readonly step: number;
  readonly figures: readonly AnsweredFigure[];
  readonly breakdowns: readonly Answered<Breakdown>[];
  readonly containment: readonly Answered<Breakdown>[];
  readonly exceptions: readonly Answered<Breakdown>[];
  readonly losses: readonly Answered<Breakdown>[];
  readonly trend: readonly MeasuredSeries[];
  readonly alerts: readonly Episodes[];
  /** When no kernel reported at all. */
  readonly silences: readonly Interval[];
  /** By service: when none of its kernels reported, from its first report on. */
  readonly gaps: readonly Episodes[];
  /** By service: when its kernels were missed. */
  readonly missing: readonly Episodes[];
}

const DAY = 86_400;

/** Everything that the report shows, of one Prometheus. */
export async function collect(prometheus: Prometheus, period: Period, scope: Scope): Promise<Findings> {
  const [from, to] = [secondsOf(period.from), secondsOf(period.to)];
  const step = stepOf(period);
  const looks = { from, to, step };
  const text = (expression: Expression<string>) => scoped(expression.text, scope);
  const along = (expression: Expression<string>, every: number) =>
    prometheus.along(text(expression), { start: Math.min(to, from + every), end: to, step: every });
  const answered = async <Q extends Figure | Breakdown>(question: Q): Promise<Answered<Q>> => {
    const query = text(question.of(windowOf(period)));
    return { question, query, now: await prometheus.at(query, to) };
  };
  const each = async <Q extends Figure | Breakdown>(list: readonly Q[]) => {
    const answers: Answered<Q>[] = [];
    // One after the other: a report is never worth a page that waits.
    for (const question of list) answers.push(await answered(question));
    return answers;
  };
  const figures: AnsweredFigure[] = [];
  for (const answer of await each(questions.FIGURES))
    figures.push({
      ...answer,
      value: numberOf(answer.now),
      before: numberOf(await prometheus.at(answer.query, from)),
    });
  const reporting = await along(questions.REPORTING, step);
  return {
    period,
    scope,
    step,
    figures,
    breakdowns: await each(questions.BREAKDOWNS),
    containment: await each(questions.CONTAINMENT),
    exceptions: await each(questions.EXCEPTIONS),
    losses: await each(questions.LOSSES),
    trend: to - from < DAY ? [] : await along(questions.TREND, DAY),
    alerts: episodes(await along(questions.FIRING, step), (points) => presentIn(points, looks)),
    silences: gapsIn(anyOf(reporting), looks),
    gaps: episodes(reporting, (points) =>
      gapsIn(points, { ...looks, from: Math.max(from, points[0]![0] - step) }),
    ),
    missing: episodes(await along(questions.MISSING, step), (points) => presentIn(points, looks)),
  };
}

const episodes = (
  series: readonly MeasuredSeries[],
  of: (points: MeasuredSeries['points']) => Interval[],
): Episodes[] =>
  series
    .map(({ labels, points }) => ({ labels, intervals: of(points) }))
    .filter(({ intervals }) => intervals.length > 0);

/** The variables of the dashboards, as texts of PromQL. */
function scoped(query: string, scope: Scope): string {
  const escaped = (value: string) => JSON.stringify(value).slice(1, -1);
  return (CONFIG.counting === 'portable' ? portable(query) : query)
    .replaceAll('$environment', () => escaped(scope.environment))
    .replaceAll('$service', () => escaped(scope.service));
}

/** The number of an answer that has but one, if it is one. */
function numberOf(series: readonly MeasuredSeries[]): number | undefined {
  const value = series[0]?.points.at(-1)?.[1];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
