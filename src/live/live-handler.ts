import {
  methodNotAllowed,
  type MetricsHandler,
  type MetricsRequest,
  type MetricsResponse,
  NO_STORE_HEADERS,
  textResponse,
} from '../http/adapter.js';
import type { LiveFeed } from './live-feed.js';
import { livePage, type LivePage } from './live-page.js';

const NOT_THERE =
  'the live page is a file of the package, dist/live/page.html, and is not beside this code: in a bundle, leave ' +
  'agent-os-observability external; in a checkout, npm run build makes it\n';
const OFF = 'the live page is off: live: false\n';

export interface LiveHandlerOptions {
  /** Undefined where the host wants no page. */
  readonly feed: LiveFeed | undefined;
  /** @defaultValue the file of the package */
  readonly page?: () => Promise<LivePage | undefined>;
}

/** The live page, and to whoever accepts `text/event-stream` what it shows: both at one address, wherever that is. */
export function createLiveHandler({ feed, page = livePage }: LiveHandlerOptions): MetricsHandler {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed();
    if (feed === undefined) return textResponse(request, 404, OFF);
    return accepts(request, 'text/event-stream') ? stream(request, feed) : html(request, await page());
  };
}

function html(request: MetricsRequest, page: LivePage | undefined): MetricsResponse {
  if (page === undefined) return textResponse(request, 404, NOT_THERE);
  const response = textResponse(request, 200, page.html, 'text/html; charset=utf-8');
  Object.assign(response.headers, {
    'Content-Security-Policy': page.policy,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Frame-Options': 'DENY',
    Vary: 'Accept',
  });
  return response;
}

async function stream(request: MetricsRequest, feed: LiveFeed): Promise<MetricsResponse> {
  // Another site cannot read the stream, but could take the places of those who may.
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return textResponse(request, 403, 'forbidden: asked for by another site\n');
  const headers = {
    ...NO_STORE_HEADERS,
    'Content-Type': 'text/event-stream',
    Vary: 'Accept',
    'X-Accel-Buffering': 'no',
  };
  if (request.method === 'HEAD') return { status: 200, headers, body: '' };
  // An adapter that cannot stream gives one reading, and the page asks again.
  if (request.streaming !== true) {
    return { status: 200, headers, body: `${await feed.last()}retry: 2000\n\n` };
  }
  const viewer = feed.join();
  if (viewer === undefined)
    return textResponse(request, 503, 'too many look at this page, or it is about to end\n');
  return { status: 200, headers, body: '', stream: viewer };
}

function accepts({ headers: { accept } }: MetricsRequest, type: string): boolean {
  return [accept ?? ''].flat().some((value) => value.toLowerCase().includes(type));
}
