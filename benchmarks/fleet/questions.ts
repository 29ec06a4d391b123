// What rules, panels and variables ask Prometheus: the requests of its ruler, and of Grafana on a wide screen.
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboards } from '../../grafana/src/dashboards/index.js';
import { ruleFiles } from '../../prometheus/src/rule-files.js';
import { filledIn, panelsOf, queriesOf } from '../../tools/grafana/queries-of.js';
import { SCRAPE_SECONDS } from './plan.js';

export interface Question {
  /** As `agent-os-safety, Top Agents (30 Days)`. */
  readonly where: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The expression, where there is one. */
  readonly expression: string;
}

export interface RuleQuestion extends Question {
  readonly group: string;
  readonly intervalSeconds: number;
  readonly record: string | undefined;
  /** That the rule gives all its series. */
  readonly labels: Readonly<Record<string, string>>;
}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const STEPS = [
  '15s',
  '30s',
  '1m',
  '2m',
  '5m',
  '10m',
  '15m',
  '30m',
  '1h',
  '2h',
  '3h',
  '6h',
  '12h',
  '1d',
  '2d',
];
/** Pixels of a column of the grid: a panel asks for as many points at most as it is wide. */
const COLUMN = 78;

export const secondsOf = (duration: string): number =>
  Number.parseInt(duration, 10) * SECONDS[duration.slice(-1) as keyof typeof SECONDS];

export function ruleQuestions(at: number): RuleQuestion[] {
  return ruleFiles().flatMap(({ groups }) =>
    groups.flatMap(({ name: group, interval = `${SCRAPE_SECONDS}s`, rules }) =>
      rules.map(({ record, alert, expr, labels = {} }) => ({
        where: record ?? alert ?? '',
        path: 'query',
        parameters: { query: expr, time: String(at), stats: 'true' },
        expression: expr,
        group,
        intervalSeconds: secondsOf(interval),
        record,
        labels,
      })),
    ),
  );
}

/** A panel with several queries has several questions of one name. */
export function panelQuestions(at: number, range: string): Question[] {
  return dashboards().flatMap((dashboard) =>
    panelsOf(dashboard).flatMap((panel) => questionsOf(dashboard, panel, at, range)),
  );
}

function questionsOf(dashboard: Dashboard, panel: Panel, at: number, range: string): Question[] {
  const seconds = secondsOf(panel.timeFrom ?? range);
  const step = stepOf(panel, seconds);
  const variables = {
    range: `${seconds}s`,
    interval: `${step}s`,
    rateInterval: `${Math.max(step + SCRAPE_SECONDS, 4 * SCRAPE_SECONDS)}s`,
  };
  return queriesOf(dashboard, variables)
    .filter(({ panelId }) => panelId === panel.id)
    .map(({ expr, instant }) => {
      const when = instant
        ? { time: String(at) }
        : { start: String(at - seconds), end: String(at), step: String(step) };
      return {
        where: `${dashboard.uid}, ${panel.title}`,
        path: instant ? 'query' : 'query_range',
        parameters: { query: expr, stats: 'true', ...when },
        expression: expr,
      };
    });
}

/** The finest that gives at most a point a pixel and as many as the panel says, and the panel's own at least. */
function stepOf({ gridPos, interval, maxDataPoints }: Panel, seconds: number): number {
  const points = Math.min((gridPos?.w ?? 12) * COLUMN, maxDataPoints ?? Infinity);
  const step = STEPS.map(secondsOf).find((one) => seconds / one <= points)!;
  return Math.max(step, interval ? secondsOf(interval) : 0);
}

export function variableQuestions(at: number, range: string): Question[] {
  const seconds = secondsOf(range);
  const asked = new Map<string, Question>();
  for (const dashboard of dashboards())
    for (const { name, query } of dashboard.templating.list ?? []) {
      const text = typeof query === 'object' ? (query as { query?: string }).query : undefined;
      if (text !== undefined) {
        const filled = filledIn(text, dashboard, { range: `${seconds}s` });
        asked.set(`${name} ${filled}`, variableQuestion(`variable ${name}`, filled, at, seconds));
      }
    }
  return [...asked.values()];
}

function variableQuestion(where: string, text: string, at: number, seconds: number): Question {
  const result = /^query_result\((.*)\)$/s.exec(text);
  if (result !== null) {
    const expression = result[1]!;
    return {
      where,
      expression,
      path: 'query',
      parameters: { query: expression, time: String(at), stats: 'true' },
    };
  }
  const [, series, label] = /^label_values\((.*),\s*(\w+)\)$/s.exec(text) ?? [];
  if (series === undefined) throw new Error(`${where}: not understood: ${text}`);
  const span = { start: String(at - seconds), end: String(at) };
  return { where, expression: '', path: `label/${label}/values`, parameters: { 'match[]': series, ...span } };
}
