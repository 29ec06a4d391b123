import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { RUNBOOKS_VARIABLE } from '../../../grafana/src/links.js';
import { committedDashboards } from '../../grafana/dashboard-files.js';
import { WIDTH } from '../../pictures/layout.js';
import { panelAnswers, type Answer, type Measured } from '../../pictures/measure.js';
import { picturePanels } from '../../pictures/model/panel.js';
import { grid, gridHeight } from '../../pictures/page.js';
import type { LinkFiller } from '../../pictures/panels/drawing.js';
import { PrometheusError } from '../../pictures/prometheus.js';
import { element } from '../../pictures/svg/element.js';
import { FONT } from '../../pictures/svg/font.js';
import { notFound, type Handler, type Sources } from '../context.js';
import { html, Markup } from '../markup.js';
import { choicesOf, inputOf, patternsOf, type Choice } from './choices.js';

const RANGES: Readonly<Record<string, number>> = {
  '5m': 300,
  '15m': 900,
  '1h': 3600,
  '6h': 21_600,
  '24h': 86_400,
  '7d': 604_800,
  '30d': 2_592_000,
};
const DEFAULT_RANGE = '1h';
/** Longer ranges change slowly, and cost more to draw. */
const refreshOf = (seconds: number): number => (seconds > 3600 ? 60 : 15);

export const dashboardsPage: Handler = (_asked, { root }) => ({
  title: 'Dashboards',
  content: html`<h1>Dashboards</h1>
    ${committedDashboards(root).map(
      ({ uid = '', title = '', description = '' }) =>
        html`<h2><a href="/d/${uid}">${title}</a></h2>
          <p class="faint">${description}</p>`,
    )}`,
});

/** A dashboard as it is now, with what its address chooses: that of Grafana's page. */
export const dashboardPage: Handler = async ({ path, query }, sources) => {
  const uid = path.split('/')[2] ?? '';
  const dashboard =
    committedDashboards(sources.root).find((one) => one.uid === uid) ?? notFound(`dashboard ${uid}`);
  const range = rangeOf(query);
  const seconds = RANGES[range]!;
  const to = Math.floor(sources.now().getTime() / 1000);
  const time = { from: to - seconds, to };
  const choices = await choicesOf(dashboard, query, sources, time);
  const { measured, problems } = await measuredNow(dashboard, choices, time, sources);
  const title = dashboard.title ?? uid;
  return {
    title,
    ...(query.get('refresh') !== 'off' && { refreshSeconds: refreshOf(seconds) }),
    content: html`<h1>${title}</h1>
      <form class="choices" method="get">
        ${choices.map(inputOf)}${rangeInput(range)}${refreshInput(query)}<button>Show</button>
      </form>
      ${problems.map((problem) => html`<p class="problem">${problem}</p>`)}
      ${drawing(dashboard, measured, linksBelow(choices, range))}`,
  };
};

const rangeOf = (query: URLSearchParams): string => {
  const asked = (query.get('from') ?? '').replace(/^now-/, '');
  return Object.hasOwn(RANGES, asked) ? asked : DEFAULT_RANGE;
};

const rangeInput = (chosen: string): Markup =>
  html`<label
    >Last<select name="from">
      ${Object.keys(RANGES).map((range) =>
        range === chosen
          ? html`<option value="now-${range}" selected>${range}</option>`
          : html`<option value="now-${range}">${range}</option>`,
      )}
    </select></label
  >`;

const refreshInput = (query: URLSearchParams): Markup =>
  query.get('refresh') === 'off'
    ? html`<label
        >Refresh<select name="refresh">
          <option value="">on</option>
          <option selected>off</option>
        </select></label
      >`
    : html`<label
        >Refresh<select name="refresh">
          <option value="">on</option>
          <option>off</option>
        </select></label
      >`;

/** One panel that cannot be asked leaves the others. */
async function measuredNow(
  dashboard: Dashboard,
  choices: readonly Choice[],
  time: { from: number; to: number },
  sources: Sources,
): Promise<{ measured: Measured; problems: readonly string[] }> {
  const page = { ...time, chosen: patternsOf(choices), ownTimes: true };
  const answers: Record<number, readonly Answer[]> = {};
  const problems: string[] = [];
  for (const panel of picturePanels(dashboard))
    try {
      answers[panel.id] = await panelAnswers(sources, dashboard, panel, page);
    } catch (error) {
      problems.push(`${panel.title}: ${(error as Error).message}`);
      if (error instanceof PrometheusError && error.cause !== undefined) break; // It is away, for all of them.
    }
  return { measured: { ...page, answers: { [dashboard.uid ?? '']: answers } }, problems };
}

function drawing(dashboard: Dashboard, measured: Measured, linked: LinkFiller): Markup {
  const height = gridHeight(dashboard);
  const attributes = {
    class: 'board',
    viewBox: `0 0 ${WIDTH} ${height}`,
    'font-family': `${FONT}, sans-serif`,
  };
  return new Markup(
    element(
      'svg',
      {
        xmlns: 'http://www.w3.org/2000/svg',
        role: 'group',
        'aria-label': dashboard.title ?? '',
        ...attributes,
      },
      grid(dashboard, measured, linked),
    ),
  );
}

/** The links of panels with their variables filled in: pages of Grafana's are here under the same addresses. */
function linksBelow(choices: readonly Choice[], range: string): LinkFiller {
  const ofPage = (name: string) => {
    const one = choices.find((choice) => choice.name === name);
    return (one?.chosen ?? []).map((value) => `var-${name}=${encodeURIComponent(value)}`).join('&');
  };
  return (url, fields) =>
    url.replace(/\$\{([^}]+)\}/g, (_, variable: string) => {
      const [, bare, quoted] = /^__data\.fields(?:\.(\w+)|\["([^"]+)"\])$/.exec(variable) ?? [];
      const field = bare ?? quoted;
      if (field !== undefined) return encodeURIComponent(fields[field] ?? '');
      if (variable === `${RUNBOOKS_VARIABLE}:raw`) return '/runbooks';
      if (variable === '__url_time_range') return `from=now-${range}`;
      return variable.endsWith(':queryparam') ? ofPage(variable.slice(0, -':queryparam'.length)) : '';
    });
}
