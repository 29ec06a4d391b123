// The server: who is answered, which page it is, and what is said when there is none.
import { createServer, type Server, type ServerResponse } from 'node:http';
import { PrometheusError } from '../pictures/prometheus.js';
import { NotFound, type Answer, type Asked, type Handler, type Sources } from './context.js';
import { HEADERS, refusalOf } from './guard.js';
import { assetOf, wholePage, type Page } from './layout.js';
import { html } from './markup.js';
import { alertsPage } from './pages/alerts.js';
import { dashboardPage, dashboardsPage } from './pages/dashboard.js';
import { queryPage } from './pages/query.js';
import { runbookPage, runbooksPage } from './pages/runbook.js';
import { explorePage, searchPage, tracePage } from './pages/traces.js';

/** Those of the pages whose place this takes are among them, so that links to these open here. */
const PAGES: readonly (readonly [RegExp, Handler])[] = [
  [/^\/(alerts)?$/, alertsPage],
  [/^\/dashboards$/, dashboardsPage],
  [/^\/d\//, dashboardPage],
  [/^\/runbooks$/, runbooksPage],
  [/^\/runbooks\/[^/]+$/, runbookPage],
  [/^\/(query|graph)$/, queryPage],
  [/^\/search$/, searchPage],
  [/^\/trace\//, tracePage],
  [/^\/explore$/, explorePage],
];

export function lookServer(sources: Sources): Server {
  return createServer((request, response) => {
    const refusal = refusalOf(request);
    if (refusal !== undefined)
      return send(response, refusal.status, 'text/plain; charset=utf-8', refusal.text);
    if (!URL.canParse(request.url ?? '', 'http://localhost'))
      return send(response, 400, 'text/plain; charset=utf-8', 'the address cannot be read\n');
    const { pathname: path, searchParams: query } = new URL(request.url ?? '', 'http://localhost');
    const asset = assetOf(path);
    if (asset !== undefined)
      return send(response, 200, asset.type, asset.body, { 'Cache-Control': 'max-age=3600' });
    void answered({ path, query }, sources).then((answer) => {
      if ('location' in answer) return send(response, 302, 'text/plain', '', { Location: answer.location });
      const { status = 200, refreshSeconds } = answer;
      send(response, status, 'text/html; charset=utf-8', wholePage(answer, path), {
        'Cache-Control': 'no-store',
        ...(refreshSeconds !== undefined && { Refresh: String(refreshSeconds) }),
      });
    });
  });
}

async function answered(asked: Asked, sources: Sources): Promise<Answer> {
  try {
    const [, handler] = PAGES.find(([pattern]) => pattern.test(asked.path)) ?? [];
    if (handler === undefined) throw new NotFound(`There is no page ${asked.path} here.`);
    return await handler(asked, sources);
  } catch (error) {
    return problemPage(error as Error);
  }
}

function problemPage(error: Error): Page {
  if (error instanceof NotFound)
    return {
      status: 404,
      title: 'Not found',
      content: html`<h1>Not found</h1>
        <p>${error.message}</p>`,
    };
  // What fetch says of a store that does not answer.
  const isAway = error instanceof PrometheusError || error.message === 'fetch failed';
  const { cause } = error;
  const why = error.message === 'fetch failed' && cause instanceof Error ? `: ${cause.message}` : '';
  return {
    status: isAway ? 502 : 500,
    title: 'No answer',
    refreshSeconds: 15,
    content: html`<h1>${isAway ? 'No answer' : 'A fault'}</h1>
      <p class="problem">${error.message}${why}</p>`,
  };
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(body as string);
  response.writeHead(status, {
    ...HEADERS,
    ...headers,
    'Content-Type': type,
    'Content-Length': bytes.length,
  });
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}
