import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { canBreakOff, handlerOf, type MetricsHandlerSource } from './adapter.js';

export type { MetricsHandler, MetricsHandlerSource, MetricsRequest, MetricsResponse } from './adapter.js';

/**
 * What is used of a FastifyReply, so that the handler fits applications of every server, logger and type
 * provider.
 */
export interface MetricsReply {
  code(status: number): MetricsReply;
  headers(values: Record<string, string>): MetricsReply;
  send(body: Uint8Array | Readable): MetricsReply;
}

/**
 * The metrics endpoint as a Fastify 4 or 5 route handler.
 *
 * HEAD needs no route of its own: Fastify adds one to each GET route (`exposeHeadRoutes`, on unless turned
 * off). It takes the length of a HEAD answer from the payload and then drops it, so a HEAD request is
 * answered as a GET here; the stream of a large page, which has no length, is then left at once.
 *
 * @throws TypeError with code `ERR_INVALID_ARG_TYPE`, at once, when `source` carries no handler
 * @example
 * ```ts
 * app.get('/metrics', fastifyMetrics(obs));
 * ```
 */
export function fastifyMetrics(
  source: MetricsHandlerSource,
): (
  request: Pick<FastifyRequest, 'method' | 'headers'> & { raw?: { httpVersion: string } },
  reply: MetricsReply,
) => Promise<MetricsReply> {
  const handler = handlerOf(source);
  return async (request, reply) => {
    const isHead = request.method === 'HEAD';
    const { status, headers, body, stream } = await handler({
      method: isHead ? 'GET' : request.method,
      headers: request.headers,
      streaming: canBreakOff(request.raw?.httpVersion),
    });
    // A buffer, for Fastify may pass a string through the route's serializer.
    const payload = stream ? Readable.from(stream, { objectMode: false }) : Buffer.from(body);
    if (!(payload instanceof Readable) || !isHead) return reply.code(status).headers(headers).send(payload);
    payload.destroy();
    return reply.code(status).headers(headers).send(Readable.from([]));
  };
}
