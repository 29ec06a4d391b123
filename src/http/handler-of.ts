import type { MetricsHandler, MetricsHandlerSource } from './metrics-handler.js';

/**
 * The handler in what an adapter was given. Resolved when the route is declared, so that a wrong argument
 * fails at start-up and not in the first scrape.
 *
 * @throws TypeError with code `ERR_INVALID_ARG_TYPE` when there is no handler in it
 */
export function handlerOf(source: MetricsHandlerSource): MetricsHandler {
  const handler = typeof source === 'function' ? source : source?.metricsHandler;
  if (typeof handler === 'function') return handler;
  const error = new TypeError(
    'a metrics adapter takes a metrics handler, or an object with one as its `metricsHandler`',
  );
  throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}
