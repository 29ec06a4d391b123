import { createServer } from 'node:http';
import { callHost } from './call-host.js';
import { closedBeforeListening, listenError } from './listen-error.js';
import type { MetricsServer, MetricsServerOptions } from './metrics-server.js';
import { addressOf, type MetricsServerAddress } from './server-address.js';
import { ServerConnections } from './server-connections.js';
import { routeRequests } from './server-routes.js';

/** Small and short, for a scraper asks little: nobody can hold the server with less than 64 sockets. */
const LIMITS = {
  maxHeaderSize: 8 * 1024, // bytes
  headersTimeout: 5_000, // ms from connection to last header
  requestTimeout: 10_000, // ms from connection to end of body, which is thrown away unread
  connectionsCheckingInterval: 2_000, // ms between two looks at the timeouts above
  keepAliveTimeout: 65_000, // ms; outlasts the usual scrape interval, so that Prometheus reuses its connection
  requireHostHeader: false, // never looked at
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
      if (hasListened) callHost(() => options.onError?.(error), ignore);
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
  ready.catch(ignore);

  const close = async (): Promise<void> => {
    rejectReady(closedBeforeListening());
    await connections.drain(CLOSE_GRACE_SECONDS);
  };
  return { ready, close: () => (closing ??= close()) };
}

function ignore(): void {
  // The rejection is for whoever awaits `ready`; a failing error callback has nowhere left to report to.
}
