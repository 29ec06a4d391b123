import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { JaegerApi } from '../../test/e2e/support/jaeger-api.js';
import type { LogFields, VictoriaLogsApi } from '../../test/e2e/support/victoria-logs-api.js';
import { logsQueriesOf, queriesOf, tracesQueriesOf, type Variables } from '../grafana/queries-of.js';
import { picturePanels, type PicturePanel } from './model/panel.js';
import type { Prometheus } from './prometheus.js';

/** What Prometheus or VictoriaLogs answered, to be drawn now or again. */
export interface MeasuredSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Unix seconds, value; one for an instant query, none for an event. */
  readonly points: readonly (readonly [number, number])[];
}

export interface Answer {
  readonly refId: string;
  readonly legend: string | undefined;
  /** As `time_series`, `heatmap`, `table`. */
  readonly format: string;
  readonly series: readonly MeasuredSeries[];
}

export interface Measured {
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
  /** Variables of dashboards; all of the others is chosen. */
  readonly chosen: NonNullable<Variables['chosen']>;
  /** By uid of the dashboard, then by id of the panel. */
  readonly answers: Readonly<Record<string, Readonly<Record<number, readonly Answer[]>>>>;
}

/** Seconds between the points of a line. */
const FINEST = 5;

interface Stores {
  readonly prometheus: Prometheus;
  readonly logs: VictoriaLogsApi;
  readonly traces: JaegerApi;
}

/** Every query of every dashboard, as Grafana would ask them for the last `seconds`, with what is chosen on its page. */
export async function measure(
  { prometheus, logs, traces }: Stores,
  dashboards: readonly Dashboard[],
  seconds: number,
  chosen: NonNullable<Variables['chosen']> = {},
): Promise<Measured> {
  const to = Math.floor(Date.now() / 1000);
  const from = to - seconds;
  const answers: Record<string, Record<number, Answer[]>> = {};
  for (const dashboard of dashboards) {
    const own: Record<number, Answer[]> = (answers[dashboard.uid ?? ''] = {});
    for (const panel of picturePanels(dashboard))
      own[panel.id] = [
        ...(await panelAnswers(prometheus, dashboard, panel, { from, to, chosen })),
        ...(await eventsOf(logs, dashboard, panel, chosen)),
        ...(await tracesOf(traces, dashboard, panel, chosen)),
      ];
  }
  return { from, to, chosen, answers };
}

function panelAnswers(
  prometheus: Prometheus,
  dashboard: Dashboard,
  panel: PicturePanel,
  { from, to, chosen }: Pick<Measured, 'from' | 'to' | 'chosen'>,
): Promise<Answer[]> {
  const step = stepOf(panel);
  const variables = { rateInterval: '1m', range: `${to - from}s`, interval: `${step}s`, chosen };
  const queries = queriesOf(dashboard, variables).filter(({ panelId }) => panelId === panel.id);
  // Each point of a bar counts the step before it: none reaches back beyond the range.
  const start = to - Math.max(0, Math.ceil((to - from) / step) - 1) * step;
  return Promise.all(
    queries.map(async ({ refId, legend, expr, instant }) => ({
      refId,
      legend,
      format: panel.formats[refId] ?? 'time_series',
      series: instant
        ? await prometheus.at(expr, to)
        : await prometheus.along(expr, { start, end: to, step }),
    })),
  );
}

function eventsOf(
  logs: VictoriaLogsApi,
  dashboard: Dashboard,
  panel: PicturePanel,
  chosen: Measured['chosen'],
): Promise<Answer[]> {
  const queries = logsQueriesOf(dashboard, { chosen }).filter(({ panelId }) => panelId === panel.id);
  return Promise.all(
    queries.map(async ({ refId, expr, limit }) => {
      const series = (await logs.query(expr, limit)).map((fields) => ({ labels: row(fields), points: [] }));
      return { refId, legend: undefined, format: 'logs', series };
    }),
  );
}

/** With the columns that Grafana's data source of Jaeger has. */
function tracesOf(
  traces: JaegerApi,
  dashboard: Dashboard,
  panel: PicturePanel,
  chosen: Measured['chosen'],
): Promise<Answer[]> {
  const queries = tracesQueriesOf(dashboard, { chosen }).filter(({ panelId }) => panelId === panel.id);
  return Promise.all(
    queries.map(async ({ refId, service, tags, limit }) => {
      const found = await traces.search(service, limit, tags);
      const series = found.map(({ traceId, name, startedAt, milliseconds }) => ({
        labels: {
          'Start time': startedAt.toISOString().replace('T', ' ').slice(0, 19),
          'Trace name': name,
          Duration: `${milliseconds} ms`,
          'Trace ID': traceId,
        },
        points: [],
      }));
      return { refId, legend: undefined, format: 'traces', series };
    }),
  );
}

/** As the panel's transformation has it. */
function row({ _time = '', _msg: _, ...labels }: LogFields): LogFields {
  return { Time: _time.replace('T', ' ').slice(0, 19), ...labels };
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** As the panel's least interval says. */
export function stepOf({ interval }: Pick<PicturePanel, 'interval'>): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(interval ?? '') ?? [];
  return Math.max(FINEST, Number(count ?? 0) * (UNITS[unit] ?? 0));
}
