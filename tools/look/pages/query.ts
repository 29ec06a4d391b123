import { PrometheusError } from '../../pictures/prometheus.js';
import type { Handler, Sources } from '../context.js';
import { address, html, table, type Markup } from '../markup.js';

const MOST_ROWS = 500;

/** Runs a query once and shows its rows. Takes the addresses of Prometheus' own page too, which alerts lead to. */
export const queryPage: Handler = async ({ query }, sources) => {
  const expression = query.get('query') ?? query.get('g0.expr') ?? '';
  return {
    title: 'Query',
    content: html`<h1>Query</h1>
      <form action="/query" method="get">
        <p>
          <label for="query">PromQL</label
          ><textarea id="query" name="query" rows="5" spellcheck="false" required>${expression}</textarea>
        </p>
        <p class="run">
          <button>Run</button>${expression === '' ? undefined : await prometheusLink(expression, sources)}
        </p>
      </form>
      ${expression.trim() === '' ? undefined : await result(expression, sources)}`,
  };
};

async function result(expression: string, { prometheus, now }: Sources): Promise<Markup> {
  try {
    const series = await prometheus.at(expression, now().getTime() / 1000);
    const names = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))].sort();
    const rows = series
      .slice(0, MOST_ROWS)
      .map(({ labels, points }) => [
        ...names.map((name) => labels[name] ?? ''),
        String(points.at(-1)?.[1] ?? ''),
      ]);
    const more = series.length > MOST_ROWS ? `, of which the first ${MOST_ROWS} are shown` : '';
    return html`<h2>${series.length} ${series.length === 1 ? 'row' : 'rows'}${more}</h2>
      ${table([...names, 'Value'], rows, 'The query found nothing.')}`;
  } catch (error) {
    // A mistake in the query is shown beside it.
    if (!(error instanceof PrometheusError)) throw error;
    return html`<p class="problem">${error.message}</p>`;
  }
}

/** Beside "Run", where Prometheus has pages of its own. */
export async function prometheusLink(
  expression: string,
  { prometheus }: Sources,
): Promise<Markup | undefined> {
  if (!(await prometheus.hasPages())) return undefined;
  const parameters = new URLSearchParams({ 'g0.expr': expression, 'g0.tab': 'table' });
  return html`<a href="${prometheus.url}/query?${parameters.toString()}" rel="noreferrer">In Prometheus</a>`;
}

export const runLink = (expression: string): Markup =>
  html`<a href="${address('/query', { query: expression })}">Run</a>`;
