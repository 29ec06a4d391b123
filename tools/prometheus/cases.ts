// Cases of prometheus/tests/cases as promtool's tests.
import type { Flavour } from '../../prometheus/src/config.js';
import { ALERTS } from '../../prometheus/src/alerts/index.js';

export interface Case {
  readonly alert: string;
  /** Why it fires, or why it does not: one of the two. */
  readonly fires?: string;
  readonly quiet?: string;
  readonly series: Readonly<Record<string, string>>;
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

/** Each as a group of its own, with nothing but its series, as a Prometheus stores them that counts so. */
export function promtoolTest(one: Case, flavour: Flavour = 'anchored'): object {
  const expected = one.fires === undefined ? quiet(one) : firing(one);
  return {
    name: `${one.alert}: ${one.fires === undefined ? 'quiet' : 'fires'}: ${one.fires ?? one.quiet}`,
    interval: one.every ?? '1m',
    input_series: Object.entries(one.series).map(([series, values]) => ({
      series: identified(series),
      values: flavour === 'anchored' && isCounter(series) ? fromZero(values) : values,
    })),
    promql_expr_test: [expected],
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

function firing({ alert, at, labels = {}, series }: Case): object {
  const { severity, team } = ALERTS.find(({ name }) => name === alert)!;
  const about = Object.keys(series).some((text) => !namesJob(text)) ? WHO : {};
  const all = { alertname: alert, alertstate: 'firing', ...about, severity, team, ...labels };
  const pairs = Object.entries(all).filter(([, value]) => value !== null);
  return {
    expr: `ALERTS{alertname="${alert}",alertstate="firing"}`,
    eval_time: at,
    exp_samples: [
      { labels: `ALERTS{${pairs.map(([name, value]) => `${name}="${value}"`).join(',')}}`, value: 1 },
    ],
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
