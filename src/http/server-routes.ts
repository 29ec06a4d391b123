import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MetricsHandler } from './metrics-handler.js';
import { nodeMetrics } from './node.js';
import { requestPath } from './request-path.js';
import { methodNotAllowed, textResponse } from './text-response.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** What the stand-alone server answers, and with what. */
export interface ServerRoutes {
  /** Path of the metrics page; wins if it is that of another page. */
  path: string;
  handler: MetricsHandler;
  /** Whether `/ready` answers 200; a throw counts as no. */
  isReady: () => boolean;
}

/**
 * The pages of the stand-alone server: metrics at `path`, `/health` (200 while the process answers at all),
 * `/ready` (200 or 503), and a 404 that names them.
 */
export function routeRequests(
  routes: ServerRoutes,
): (request: IncomingMessage, response: ServerResponse) => void {
  const pages = new Map([
    ['/health', nodeMetrics(statusPage(() => true, 'ok'))],
    ['/ready', nodeMetrics(statusPage(routes.isReady, 'ready'))],
    [routes.path, nodeMetrics(routes.handler)],
  ]);
  const missing = `not found: this server answers ${[...new Set([routes.path, ...pages.keys()])].join(', ')}\n`;
  const notFound = nodeMetrics((request) => Promise.resolve(textResponse(request, 404, missing)));
  return (request, response) => {
    const page = pages.get(requestPath(request.url)) ?? notFound;
    page(request, response);
  };
}

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
