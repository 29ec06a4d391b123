import type { RequestHandler } from 'express';
import type { MetricsHandlerSource } from './adapter.js';
import { nodeMetrics } from './node.js';

export type { MetricsHandler, MetricsHandlerSource, MetricsRequest, MetricsResponse } from './adapter.js';

/**
 * The metrics endpoint as an Express 4 or 5 request handler. `app.get` routes HEAD to it as well; under `app.all` or
 * `app.use` it also answers 405 to the other methods. It never calls `next`.
 *
 * @throws TypeError with code `ERR_INVALID_ARG_TYPE`, at once, when `source` carries no handler
 * @example
 * ```ts
 * app.get('/metrics', expressMetrics(obs));
 * ```
 */
export function expressMetrics(source: MetricsHandlerSource): RequestHandler {
  return nodeMetrics(source);
}
