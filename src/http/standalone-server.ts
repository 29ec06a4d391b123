import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { callHost } from '../common/outcome.js';
import { after, holdingAfter } from '../common/timers.js';
import { type MetricsHandler, methodNotAllowed, textResponse } from './adapter.js';
import type { MetricsServer, MetricsServerOptions } from './metrics-server.js';
import { nodeMetrics } from './node.js';
import {
  addressOf,
  closedBeforeListening,
  listenError,
  type MetricsServerAddress,
  requestPath,
} from './server-address.js';

/** Small and short, because a scraper asks little: nobody can block the server with fewer than 64 sockets. */
const LIMITS = {
  maxHeaderSize: 8 * 1024, // bytes
  headersTimeout: 5_000, // ms from connection to last header
  requestTimeout: 10_000, // ms from connection to end of body, which is thrown away unread
  connectionsCheckingInterval: 2_000, // ms between two looks at the timeouts above
  keepAliveTimeout: 65_000, // ms; outlasts the usual scrape interval, so that Prometheus reuses its connection
  requireHostHeader: false, // nothing here depends on it
};
const MAX_CONNECTIONS = 64;
const IDLE_SOCKET_TIMEOUT_MS = 30_000;
const CLOSE_GRACE_SECONDS = 1;

/** A server of our own: see `startMetricsServer`. */
export function startStandaloneServer(options: MetricsServerOptions): MetricsServer {
  const host = options.host.replace(/^\[(.*)\]$/, '$1');
  let closing: Promise<void> | undefined;
  let rejectReady: (error: Error) => void = () => undefined;

  const server = createServer(LIMITS).unref();
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = IDLE_SOCKET_TIMEOUT_MS;
  const connections = new ServerConnections(server);
  const isReady = (): boolean => !closing && options.isReady?.() !== false;
  server.on('request', routeRequests({ path: options.path, handler: options.handler, isReady }));

  const ready = new Promise<MetricsServerAddress>((resolve, reject) => {
    rejectReady = reject;
    let hasListened = false;
    const fail = (error: unknown): void => {
      if (hasListened) callHost(() => options.onError?.(error), ignored);
      else reject(listenError(error, host, options.port));
    };
    server.once('listening', () => {
      hasListened = true;
      resolve(addressOf(server, options.path));
    });
    // Stays for good: without it, a failed accept (no file descriptors left) would end the host's process.
    server.on('error', fail);
    try {
      // Exclusive: workers of a cluster that share a port would answer each other's scrapes at random.
      server.listen({ host, port: options.port, exclusive: true });
    } catch (error) {
      fail(error);
    }
  });
  ready.catch(ignored);

  const close = async (): Promise<void> => {
    rejectReady(closedBeforeListening());
    await connections.drain(CLOSE_GRACE_SECONDS);
  };
  return { ready, close: () => (closing ??= close()) };
}

function ignored(): void {
  // Whoever awaits `ready` gets its rejection. When the error callback fails, there is nobody else to tell.
}

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

/** No answer may take longer, however slowly the client reads. */
const ANSWER_DEADLINE_SECONDS = 60;

/**
 * The sockets of one server and the answers under way on them.
 *
 * Sockets are unref'd: a scraper's idle connection must not keep a process alive that has nothing else to do.
 */
export class ServerConnections {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #answers = new Map<ServerResponse, Socket>();
  #draining = false;
  #onDrained: () => void = () => undefined;

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      socket.unref();
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (request, response) => this.#track(request.socket, response));
  }

  #track(socket: Socket, response: ServerResponse): void {
    const stop = after(ANSWER_DEADLINE_SECONDS * 1000, () => socket.destroy());
    this.#answers.set(response, socket);
    if (this.#draining) response.shouldKeepAlive = false;
    response.once('close', () => {
      stop();
      this.#answers.delete(response);
      if (!this.#draining) return;
      socket.destroySoon();
      if (this.#answers.size === 0) this.#onDrained();
    });
  }

  /**
   * Stops accepting, closes idle connections at once and the others when their answer is out, or after
   * `graceSeconds`. Never rejects. To be called once.
   */
  async drain(graceSeconds: number): Promise<void> {
    this.#draining = true;
    // http's own close() would also cut off every answer that is written but not yet read to its end.
    NetServer.prototype.close.call(this.#server);
    const busy = new Set(this.#answers.values());
    for (const socket of this.#sockets) if (!busy.has(socket)) socket.destroy();
    for (const response of this.#answers.keys()) response.shouldKeepAlive = false;
    if (this.#answers.size > 0) await this.#answersOr(graceSeconds);

    for (const socket of this.#sockets) socket.destroy();
    // Now http's close() too, which stops the timer that watches for late requests.
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** The timer keeps the process alive: one that awaits the drain must not end before it. */
  #answersOr(graceSeconds: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = holdingAfter(graceSeconds * 1000, resolve);
      this.#onDrained = () => {
        stop();
        resolve();
      };
    });
  }
}
