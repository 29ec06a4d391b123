import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  canBreakOff,
  handlerOf,
  type MetricsHandler,
  type MetricsHandlerSource,
  type MetricsResponse,
  textResponse,
} from './adapter.js';

export type { MetricsHandler, MetricsHandlerSource, MetricsRequest, MetricsResponse } from './adapter.js';

/**
 * A request listener for `node:http` and whatever speaks its types.
 *
 * A client that has gone is no error, a slow one holds its own socket and the page it reads, and a request that
 * something else has answered meanwhile is left alone. The request's body is not read. A large page is sent in
 * chunks over HTTP/1.1; where making it fails on the way, the connection is closed.
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
    response.on('error', () => undefined);
    void answer(handler, request).then((answered) => send(answered, response));
  };
}

async function answer(handler: MetricsHandler, request: IncomingMessage): Promise<MetricsResponse> {
  const method = request.method ?? 'GET';
  try {
    return await handler({ method, headers: request.headers, streaming: canBreakOff(request.httpVersion) });
  } catch {
    // Our own handlers never get here; one that the host wrote may.
    return textResponse({ method }, 500, 'internal error\n');
  }
}

function send({ status, headers, body, stream }: MetricsResponse, response: ServerResponse): void {
  const iterator = stream?.[Symbol.asyncIterator]();
  if (response.destroyed || response.headersSent || response.writableEnded) {
    if (iterator) void leave(iterator);
    return;
  }
  try {
    response.writeHead(status, headers);
    if (iterator) void sendStream(iterator, response);
    else response.end(body);
  } catch {
    // A header that HTTP cannot carry: closing the connection tells the client.
    response.destroy();
    if (iterator) void leave(iterator);
  }
}

/**
 * Sends a body in chunks, each when the client has taken the one before, and leaves it as soon as the client has gone.
 * If making it fails, the connection is closed without the end of the body. Never rejects.
 *
 * `stream.pipeline()` would destroy the socket with the error, and the host's `clientError` would hear of it.
 */
async function sendStream(
  iterator: AsyncIterator<Uint8Array, unknown>,
  response: ServerResponse,
): Promise<void> {
  let resume: () => void = () => undefined;
  const onDrain = (): void => resume();
  const onClose = (): void => {
    // At once, because the next chunk may take long.
    void leave(iterator);
    resume();
  };
  response.on('drain', onDrain).once('close', onClose);
  try {
    for (;;) {
      const { value, done } = await iterator.next();
      if (response.destroyed) break;
      if (done === true) {
        response.end();
        break;
      }
      if (!response.write(value)) await new Promise<void>((resolve) => (resume = resolve));
    }
  } catch {
    response.destroy();
  } finally {
    response.off('drain', onDrain).off('close', onClose);
    await leave(iterator);
  }
}

async function leave(iterator: AsyncIterator<Uint8Array, unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // A stream of the host's own that fails when it is left: there is nobody to tell.
  }
}
