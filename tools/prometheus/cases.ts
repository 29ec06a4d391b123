// Cases of prometheus/tests/cases as promtool's tests.
import type { Flavour } from '../../prometheus/src/config.js';
import { ALERTS } from '../../prometheus/src/alerts/index.js';
import { filled } from './runbooks.js';

export interface Case {
  readonly alert: string;
  /** Why it fires, or why it does not: one of the two. */
  readonly fires?: string;
  readonly quiet?: string;
  readonly series: Readonly<Record<string, string>>;
  /** What else is there then, and the alert does not ask for, but its runbook does. */
  readonly beside?: Readonly<Record<string, string>>;
  /** Time between two samples; a minute where it is not said. */
  readonly every?: string;
  readonly at?: string;
  readonly labels?: Readonly<Record<string, string | null>>;
  readonly until?: string;
}

/** Of the process that a series is of when it does not say. */
const WHO = { service_name: 'claims-desk', deployment_environment_name: 'production' };
const PROCESS = { job: 'claims-desk', ...WHO, service_instance_id: 'p1' };
const UNTIL = '60m';

/**
 * Each as a group of its own, with nothing but its series, as a Prometheus stores them that counts so. While the alert
 * fires, each query of its runbook has to return something.
 */
export function promtoolTest(
  one: Case,
  flavour: Flavour = 'anchored',
  queries: readonly string[] = [],
): object {
  const expected = one.fires === undefined ? quiet(one) : firing(one);
  const answered = queries.map((query) => answers(query, one));
  return {
    name: `${one.alert}: ${one.fires === undefined ? 'quiet' : 'fires'}: ${one.fires ?? one.quiet}`,
    interval: one.every ?? '1m',
    input_series: Object.entries({ ...one.series, ...one.beside }).map(([series, values]) => ({
      series: identified(series),
      values: flavour === 'anchored' && isCounter(series) ? fromZero(values) : values,
    })),
    promql_expr_test: [expected, ...answered],
  };
}

const isCounter = (series: string): boolean => /^\w+_(total|bucket|sum|count)(\{|$)/.test(series);

/** What begins after a while begins with a 0: Prometheus is told when. */
export function fromZero(values: string): string {
  const [, gap, rest] = /^_(?:x(\d+))?\s+(.*)$/.exec(values) ?? [];
  if (rest === undefined) return values;
  const before = Number(gap ?? 1) - 1;
  return `${before > 0 ? `_x${before} ` : ''}0 ${rest}`;
}

function firing(one: Case): object {
  const pairs = Object.entries(labelsOf(one)).map(([name, value]) => `${name}="${value}"`);
  return {
    expr: `ALERTS{alertname="${one.alert}",alertstate="firing"}`,
    eval_time: one.at,
    exp_samples: [{ labels: `ALERTS{${pairs.join(',')}}`, value: 1 }],
  };
}

function labelsOf({ alert, labels = {}, series }: Case): Record<string, string> {
  const { severity, team } = ALERTS.find(({ name }) => name === alert)!;
  const about = Object.keys(series).some((text) => !namesJob(text)) ? WHO : {};
  const all = { alertname: alert, alertstate: 'firing', ...about, severity, team, ...labels };
  const known = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== null);
  return Object.fromEntries(known);
}

/** It has rows, and what it counts is not 0: events that a series begins with are events. */
function answers(query: string, one: Case): object {
  const asked = filled(query, labelsOf(one));
  const holds = /\bincrease\(| offset /.test(query) ? 'max' : 'count';
  return {
    expr: `${holds}(${asked}) > bool 0`,
    eval_time: one.at,
    exp_samples: [{ labels: '{}', value: 1 }],
  };
}

/** At no time: a state in between would be seen too. */
function quiet({ alert, until = UNTIL }: Case): object {
  const matcher = alert === ANY ? 'alertname!="Watchdog"' : `alertname="${alert}"`;
  return {
    expr: `max_over_time(ALERTS{${matcher},alertstate="firing"}[${until}])`,
    eval_time: until,
    exp_samples: [],
  };
}

/** In a quiet case: whatever alert there is. */
export const ANY = '*';

const namesJob = (series: string): boolean => series.includes('job="');

function identified(series: string): string {
  if (namesJob(series)) return series;
  const [, name, inner = ''] = /^([\w:]+)(?:\{(.*)\})?$/.exec(series)!;
  const missing = Object.entries(PROCESS).filter(([label]) => !inner.includes(`${label}="`));
  const labels = [inner, ...missing.map(([label, value]) => `${label}="${value}"`)].filter(Boolean);
  return `${name}{${labels.join(',')}}`;
}
