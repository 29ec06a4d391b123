import type { IncomingMessage, ServerResponse } from 'node:http';
import { type MetricsHandler, type MetricsResponse, methodNotAllowed, textResponse } from './adapter.js';
import { nodeMetrics } from './node.js';
import { requestPath } from './server-address.js';

/** Answers a request of node:http. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** What the stand-alone server answers, and with what. */
export interface ServerPages {
  /** Path of the metrics page; wins if it is that of another page. */
  path: string;
  handler: MetricsHandler;
  /** Whether `/ready` answers 200; a throw counts as no. */
  isReady: () => boolean;
  /** Answers `/`. */
  live?: MetricsHandler | undefined;
}

/**
 * The pages of the stand-alone server: metrics at `path`, `/health` (200 while the process answers at all),
 * `/ready` (200 or 503), the live page at `/` where there is one, and a 404 that names them.
 */
export function servePages(served: ServerPages): Listener {
  const pages = new Map([
    ...(served.live ? ([['/', nodeMetrics(served.live)]] as const) : []),
    ['/health', nodeMetrics(statusPage(() => true, 'ok'))],
    ['/ready', nodeMetrics(statusPage(served.isReady, 'ready'))],
    [served.path, nodeMetrics(served.handler)],
  ]);
  const missing = `not found: this server answers ${[...new Set([served.path, ...pages.keys()])].join(', ')}\n`;
  const notFound = nodeMetrics((request) => Promise.resolve(textResponse(request, 404, missing)));
  return (request, response) => {
    const page = pages.get(requestPath(request.url)) ?? notFound;
    page(request, response);
  };
}

/** Answers what `refuse` lets pass; what it refuses, nobody else sees. */
export function guarded(
  refuse: (request: IncomingMessage) => MetricsResponse | undefined | Promise<MetricsResponse | undefined>,
  answer: Listener,
): Listener {
  const decide = (
    refusal: MetricsResponse | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): void => {
    if (refusal === undefined) answer(request, response);
    else nodeMetrics(() => Promise.resolve(refusal))(request, response);
  };
  return (request, response) => {
    const refusal = refuse(request);
    if (refusal instanceof Promise) void refusal.then((decided) => decide(decided, request, response));
    else decide(refusal, request, response);
  };
}

const JSON_TYPE = 'application/json; charset=utf-8';

function statusPage(holds: () => boolean, status: string): MetricsHandler {
  return (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return Promise.resolve(methodNotAllowed());
    const yes = isTrue(holds);
    const body = JSON.stringify({ status: yes ? status : `not ${status}` });
    return Promise.resolve(textResponse(request, yes ? 200 : 503, body, JSON_TYPE));
  };
}

function isTrue(condition: () => boolean): boolean {
  try {
    return condition();
  } catch {
    return false;
  }
}
