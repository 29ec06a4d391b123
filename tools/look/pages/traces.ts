// Traces, under the addresses of Jaeger's own pages, and of Grafana's that lead to them.
import type { JaegerApi, JaegerSpan } from '../../../test/e2e/support/jaeger-api.js';
import { THEME } from '../../pictures/model/colours.js';
import { formatted } from '../../pictures/units.js';
import { element } from '../../pictures/svg/element.js';
import type { Asked, Handler, Sources } from '../context.js';
import { address, html, Markup, table } from '../markup.js';

const MOST = 50;
const NONE = html`<h1>Traces</h1>
  <p>Start this with <code>--jaeger http://127.0.0.1:16686</code>, or where yours is.</p>`;

const tracesOf = ({ traces }: Sources): JaegerApi | undefined => traces;

/** /search?service=claims-desk&tags={"agent.id":"claims-agent-1"} */
export const searchPage: Handler = async ({ query }, sources) => {
  const traces = tracesOf(sources);
  if (traces === undefined) return { title: 'Traces', content: NONE };
  const services = await traces.services();
  const service = query.get('service') ?? '';
  const tags = query.get('tags') ?? '';
  const found = service === '' ? [] : await traces.search(service, MOST, readTags(tags));
  const options = [...new Set(['', ...services, service])].map((name) =>
    name === service ? html`<option selected>${name}</option>` : html`<option>${name}</option>`,
  );
  const rows = found.map(({ traceId, name, startedAt, milliseconds }) => [
    startedAt.toISOString().replace('T', ' ').slice(0, 19),
    html`<a href="/trace/${traceId}">${name}</a>`,
    formatted(milliseconds, 'ms'),
  ]);
  return {
    title: 'Traces',
    content: html`<h1>Traces</h1>
      <form class="choices" method="get">
        <label
          >Service<select name="service">
            ${options}
          </select></label
        >
        <label
          >Tags, as agent.id=claims-agent-1<input
            name="tags"
            value="${tagsText(readTags(tags))}"
            size="50" /></label
        ><button>Search</button>
      </form>
      ${service === '' ? undefined : table(['Began (UTC)', 'Trace', 'Took'], rows, 'No trace of the last hour matches.')}`,
  };
};

/** As Jaeger's pages have them, in JSON, or as a person writes them. */
function readTags(text: string): Record<string, string> {
  try {
    const read = JSON.parse(text) as unknown;
    if (read !== null && typeof read === 'object' && !Array.isArray(read))
      return Object.fromEntries(Object.entries(read).map(([key, value]) => [key, String(value)]));
  } catch {
    // Not JSON, then.
  }
  const pairs = text.matchAll(/([^\s=]+)=(?:"([^"]*)"|(\S+))/g);
  return Object.fromEntries([...pairs].map(([, key, quoted, bare]) => [key!, quoted ?? bare ?? '']));
}

const tagsText = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${/\s/.test(value) ? `"${value}"` : value}`)
    .join(' ');

/** Spans under those that began them, each as long as it took. */
export const tracePage: Handler = async ({ path }, sources) => {
  const traces = tracesOf(sources);
  if (traces === undefined) return { title: 'Trace', content: NONE };
  const id = path.split('/')[2] ?? '';
  const spans = /^[\da-f]{1,32}$/i.test(id) ? inOrder(await traces.spans(id).catch(() => [])) : [];
  if (spans.length === 0)
    return {
      status: 404,
      title: 'Trace',
      content: html`<h1>Trace ${id}</h1>
        <p>Jaeger does not have it: it was not sampled, or is not there yet.</p>`,
    };
  const began = Math.min(...spans.map(({ span }) => span.startedAt.getTime()));
  const took =
    Math.max(...spans.map(({ span }) => span.startedAt.getTime() - began + span.milliseconds)) || 1;
  const rows = spans.map(({ span, depth }) => [
    html`${'\u00a0'.repeat(depth * 4)}${span.name}<br /><span class="faint"
        >${'\u00a0'.repeat(depth * 4)}${span.service}</span
      >`,
    bar(span, began, took),
    formatted(span.milliseconds, 'ms'),
    html`<details>
      <summary>${Object.keys(span.tags).length}</summary>
      ${Object.entries(span.tags).map(([key, value]) => html`<code>${key}</code> ${String(value)}<br />`)}
    </details>`,
  ]);
  return {
    title: `Trace ${id}`,
    content: html`<h1>${spans[0]!.span.service}: ${spans[0]!.span.name}</h1>
      <p class="faint">
        ${id}, ${new Date(began).toISOString()}, ${formatted(took, 'ms')}, ${spans.length} spans
      </p>
      ${table(['Span', 'When', 'Took', 'Tags'], rows, '')}`,
  };
};

function bar({ startedAt, milliseconds, tags }: JaegerSpan, began: number, took: number): Markup {
  const width = 480;
  const x = ((startedAt.getTime() - began) / took) * width;
  const fill = tags.error === true ? '#f2495c' : THEME.link;
  return new Markup(
    element(
      'svg',
      { width, height: 20, role: 'img', 'aria-label': formatted(milliseconds, 'ms') },
      element('rect', {
        x,
        y: 4,
        height: 12,
        width: Math.max(2, (milliseconds / took) * width),
        rx: 2,
        fill,
      }),
    ),
  );
}

function inOrder(spans: readonly JaegerSpan[]): { span: JaegerSpan; depth: number }[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const childrenOf = (parent: string | undefined): JaegerSpan[] =>
    spans
      .filter(({ parentSpanId }) => (ids.has(parentSpanId ?? '') ? parentSpanId : undefined) === parent)
      .sort((a, b) => Number(a.startedAt) - Number(b.startedAt));
  const below = (parent: string | undefined, depth: number): { span: JaegerSpan; depth: number }[] =>
    childrenOf(parent).flatMap((span) => [{ span, depth }, ...below(span.spanId, depth + 1)]);
  return below(undefined, 0);
}

interface Pane {
  readonly queries?: readonly {
    readonly query?: string;
    readonly service?: string;
    readonly tags?: string;
  }[];
}

/** Links of the dashboards lead to Grafana's explorer, with a trace or a search within their address. */
export const explorePage = ({ query }: Asked) => {
  let pane: Pane | undefined;
  try {
    [pane] = Object.values(JSON.parse(query.get('panes') ?? '') as Record<string, Pane>);
  } catch {
    // Leads to the search below.
  }
  const { query: traceId, service, tags } = pane?.queries?.[0] ?? {};
  return {
    location:
      traceId === undefined ? address('/search', { service, tags }) : `/trace/${encodeURIComponent(traceId)}`,
  };
};
