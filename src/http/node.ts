import type { IncomingMessage, ServerResponse } from 'node:http';
import { handlerOf } from './handler-of.js';
import type { MetricsHandler, MetricsHandlerSource, MetricsResponse } from './metrics-handler.js';
import { textResponse } from './text-response.js';

/**
 * A request listener for `node:http` and whatever speaks its types.
 *
 * A client that has gone is no error, a slow one holds its own socket and nothing else, and a request that
 * something else has answered meanwhile is left alone. The request's body is not read.
 *
 * @throws TypeError with code `ERR_INVALID_ARG_TYPE`, at once, when `source` carries no handler
 * @example
 * ```ts
 * http.createServer(nodeMetrics(obs)).listen(9464, '127.0.0.1');
 * ```
 */
export function nodeMetrics(
  source: MetricsHandlerSource,
): (request: IncomingMessage, response: ServerResponse) => void {
  const handler = handlerOf(source);
  return (request, response) => {
    // Without a listener, a write that meets a closed socket would end the process.
    response.on('error', ignore);
    void answer(handler, request).then((answered) => send(answered, response));
  };
}

async function answer(handler: MetricsHandler, request: IncomingMessage): Promise<MetricsResponse> {
  const method = request.method ?? 'GET';
  try {
    return await handler({ method, headers: request.headers });
  } catch {
    // Our own handlers never get here; one that the host wrote may.
    return textResponse({ method }, 500, 'internal error\n');
  }
}

function send({ status, headers, body }: MetricsResponse, response: ServerResponse): void {
  if (response.destroyed || response.headersSent || response.writableEnded) return;
  try {
    response.writeHead(status, headers);
    response.end(body);
  } catch {
    // A header that HTTP cannot carry: the client learns it by a closed connection.
    response.destroy();
  }
}

function ignore(): void {
  // The client has gone: there is nobody to tell.
}
