import type { FastifyRequest } from 'fastify';
import { handlerOf } from './handler-of.js';
import type { MetricsHandlerSource } from './metrics-handler.js';

/**
 * What is used of a FastifyReply, so that the handler fits applications of every server, logger and type
 * provider.
 */
export interface MetricsReply {
  code(status: number): MetricsReply;
  headers(values: Record<string, string>): MetricsReply;
  send(body: Uint8Array): MetricsReply;
}

/**
 * The metrics endpoint as a Fastify 4 or 5 route handler.
 *
 * HEAD needs no route of its own: Fastify adds one to each GET route (`exposeHeadRoutes`, on unless turned
 * off). It takes the length of a HEAD answer from the payload and then drops it, so a HEAD request is
 * answered as a GET here.
 *
 * @throws TypeError with code `ERR_INVALID_ARG_TYPE`, at once, when `source` carries no handler
 * @example
 * ```ts
 * app.get('/metrics', fastifyMetrics(obs));
 * ```
 */
export function fastifyMetrics(
  source: MetricsHandlerSource,
): (request: Pick<FastifyRequest, 'method' | 'headers'>, reply: MetricsReply) => Promise<MetricsReply> {
  const handler = handlerOf(source);
  return async (request, reply) => {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const { status, headers, body } = await handler({ method, headers: request.headers });
    // A buffer, for Fastify may pass a string through the route's serializer.
    return reply.code(status).headers(headers).send(Buffer.from(body));
  };
}
