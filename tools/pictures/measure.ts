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
  /** Whether a panel that says so looks further back than the page. */
  readonly ownTimes?: boolean;
  /** By uid of the dashboard, then by id of the panel. */
  readonly answers: Readonly<Record<string, Readonly<Record<number, readonly Answer[]>>>>;
}

/** Seconds between the points of a line. */
const STEPS = [5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400];
const MOST_POINTS = 400;
const SCRAPE_SECONDS = 15;

/** A panel of events or traces is empty where its store is none. */
export interface Stores {
  readonly prometheus: Prometheus;
  readonly logs?: VictoriaLogsApi | undefined;
  readonly traces?: JaegerApi | undefined;
}

/** Every query of every dashboard, as Grafana would ask them for the last `seconds`, with what is chosen on its page. */
export async function measure(
  stores: Stores,
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
      own[panel.id] = await panelAnswers(stores, dashboard, panel, { from, to, chosen });
  }
  return { from, to, chosen, answers };
}

type Page = Pick<Measured, 'from' | 'to' | 'chosen' | 'ownTimes'>;

/** What one panel shows on its page. */
export async function panelAnswers(
  { prometheus, logs, traces }: Stores,
  dashboard: Dashboard,
  panel: PicturePanel,
  page: Page,
): Promise<Answer[]> {
  return [
    ...(await seriesOf(prometheus, dashboard, panel, page)),
    ...(logs === undefined ? [] : await eventsOf(logs, dashboard, panel, page)),
    ...(traces === undefined ? [] : await tracesOf(traces, dashboard, panel, page)),
  ];
}

/** Where the time that a panel shows begins. */
export const beginningOf = (
  { timeFrom }: PicturePanel,
  { from, to, ownTimes }: Omit<Page, 'chosen'>,
): number => (ownTimes === true && timeFrom !== undefined ? to - secondsOf(timeFrom) : from);

function seriesOf(
  prometheus: Prometheus,
  dashboard: Dashboard,
  panel: PicturePanel,
  page: Page,
): Promise<Answer[]> {
  const { to, chosen } = page;
  const from = beginningOf(panel, page);
  const step = stepOf(panel, to - from);
  const rateInterval = `${Math.max(60, step + SCRAPE_SECONDS)}s`;
  const variables = { rateInterval, range: `${to - from}s`, interval: `${step}s`, chosen };
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
  { from, to, chosen }: Page,
): Promise<Answer[]> {
  const queries = logsQueriesOf(dashboard, { chosen }).filter(({ panelId }) => panelId === panel.id);
  return Promise.all(
    queries.map(async ({ refId, expr, limit }) => {
      const series = (await logs.query(expr, limit, { from, to })).map((fields) => ({
        labels: row(fields),
        points: [],
      }));
      return { refId, legend: undefined, format: 'logs', series };
    }),
  );
}

/** With the columns that Grafana's data source of Jaeger has. */
function tracesOf(
  traces: JaegerApi,
  dashboard: Dashboard,
  panel: PicturePanel,
  { from, chosen }: Page,
): Promise<Answer[]> {
  const queries = tracesQueriesOf(dashboard, { chosen }).filter(({ panelId }) => panelId === panel.id);
  return Promise.all(
    queries.map(async ({ refId, service, tags, limit }) => {
      const found = await traces.search(service, limit, tags, from);
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

/** Of a duration such as `15s`; 0 for none. */
export function secondsOf(duration: string | undefined): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(duration ?? '') ?? [];
  return Number(count ?? 0) * (UNITS[unit] ?? 0);
}

/** As the panel's least interval says, and no more points than can be told apart. */
export function stepOf({ interval }: Pick<PicturePanel, 'interval'>, seconds: number): number {
  const round = STEPS.find((step) => seconds / step <= MOST_POINTS) ?? STEPS.at(-1)!;
  return Math.max(round, secondsOf(interval));
}
