import type { Context } from 'hono';
import { canBreakOff, handlerOf, type MetricsHandlerSource } from './adapter.js';

export type { MetricsHandler, MetricsHandlerSource, MetricsRequest, MetricsResponse } from './adapter.js';

/**
 * The metrics endpoint as a Hono handler. It also takes a plain fetch `Request`, for other routers of that kind. `app.get`
 * routes HEAD to it as well.
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
    const { status, headers, body, stream } = await handler({
      method: request.method,
      headers: Object.fromEntries(request.headers),
      streaming: canBreakOff(httpVersionOf(input)),
    });
    if (stream) return new Response(webStream(stream), { status, headers });
    return new Response(request.method === 'HEAD' ? null : body, { status, headers });
  };
}

/** Only @hono/node-server tells it. Other runtimes see to it themselves that a failed stream is not taken for whole. */
function httpVersionOf(input: Context | Request): string | undefined {
  const env = 'env' in input ? (input.env as { incoming?: { httpVersion?: string } } | undefined) : undefined;
  return env?.incoming?.httpVersion ?? '1.1';
}

/** A stream for `fetch`, made as it is read. Cancelling it leaves the iterable. */
function webStream(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array, unknown> = chunks[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await iterator.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    // Nothing is asked for before somebody reads.
    { highWaterMark: 0 },
  );
}
