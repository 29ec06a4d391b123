import type { Context } from 'hono';
import { handlerOf } from './handler-of.js';
import type { MetricsHandlerSource } from './metrics-handler.js';

/**
 * The metrics endpoint as a Hono handler. Also takes a plain fetch `Request`, for every other router of that
 * kind.
 * `app.get` routes HEAD to it as well.
 *
 * @throws TypeError with code `ERR_INVALID_ARG_TYPE`, at once, when `source` carries no handler
 * @example
 * ```ts
 * app.get('/metrics', honoMetrics(obs));
 * ```
 */
export function honoMetrics(source: MetricsHandlerSource): (input: Context | Request) => Promise<Response> {
  const handler = handlerOf(source);
  return async (input) => {
    const request = 'req' in input ? input.req.raw : input;
    const { status, headers, body } = await handler({
      method: request.method,
      headers: Object.fromEntries(request.headers),
    });
    return new Response(request.method === 'HEAD' ? null : body, { status, headers });
  };
}
