import { createServer, type Server } from 'node:http';
import type { Server as SecureServer } from 'node:tls';
import { nodeHttps } from '../common/late-modules.js';
import { callHost } from '../common/outcome.js';
import { refuseUnreadable } from './client-errors.js';
import { ServerConnections } from './connections.js';
import type { GuardedServerOptions, MetricsServer } from './metrics-server.js';
import {
  addressOf,
  closedBeforeListening,
  listenError,
  type MetricsServerAddress,
  reachedAt,
  socketListenError,
} from './server-address.js';
import { guarded, servePages } from './server-pages.js';
import { TlsIdentity } from './tls-identity.js';
import { listenOnSocket } from './unix-socket.js';

/** Small and short, because a scraper asks little. */
const LIMITS = {
  maxHeaderSize: 8 * 1024, // bytes
  headersTimeout: 5_000, // ms from connection to last header
  requestTimeout: 10_000, // ms from connection to end of body, which is thrown away unread
  connectionsCheckingInterval: 2_000, // ms between two looks at the timeouts above
  keepAliveTimeout: 65_000, // ms; outlasts the usual scrape interval, so that Prometheus reuses its connection
  requireHostHeader: false, // the guard judges hosts
};
const HANDSHAKE_TIMEOUT_MS = 5_000;
const IDLE_SOCKET_TIMEOUT_MS = 30_000;
const CLOSE_GRACE_SECONDS = 1;

/** A server of our own: see `startMetricsServer`. */
export function startStandaloneServer(options: GuardedServerOptions): MetricsServer {
  const { log, guard, socketPath } = options;
  const identity = options.tls && new TlsIdentity(options.tls, (cause, message) => log.warn(cause, message));
  const server = serverOf(identity);
  server.timeout = IDLE_SOCKET_TIMEOUT_MS;
  const connections = new ServerConnections(server, log);
  const undo: (() => void)[] = [];
  if (identity && isReplaceable(server)) {
    undo.push(identity.follow(server, () => connections.renew()));
  } else if (identity) {
    log.warn(
      'tls/renewal',
      'this runtime cannot renew certificates while a server listens; restart for new ones.',
    );
  }
  refuseUnreadable(
    server,
    (socket) => connections.isAnswering(socket),
    (reason, socket) => log.refused(reason, socket.remoteAddress),
  );
  let closing: Promise<void> | undefined;
  const isReady = (): boolean => !closing && options.isReady?.() !== false;
  const pages = servePages({ path: options.path, handler: options.handler, isReady, live: options.live });
  server.on(
    'request',
    guarded((request) => guard.refuse(request, reachedAt(server, request.socket)), pages),
  );

  let rejectReady: (error: Error) => void = () => undefined;
  const ready = new Promise<MetricsServerAddress>((resolve, reject) => {
    rejectReady = reject;
    let hasListened = false;
    const fail = (error: unknown): void => {
      if (hasListened) callHost(() => options.onError?.(error), ignored);
      else
        reject(
          socketPath === undefined
            ? listenError(error, host, options.port)
            : socketListenError(error, socketPath),
        );
    };
    server.once('listening', () => {
      hasListened = true;
      resolve(addressOf(server, options.path, { secure: identity !== undefined, socketPath }));
    });
    // Stays for good: without it, a failed accept (no file descriptors left) would end the host's process.
    server.on('error', fail);
    const host = options.host.replace(/^\[(.*)\]$/, '$1');
    // Exclusive: workers of a cluster that share a port would answer each other's scrapes at random.
    const listen = (): void => void server.listen({ host, port: options.port, exclusive: true });
    try {
      if (socketPath === undefined) listen();
      else {
        const mode = options.socketMode ?? 0o600;
        listenOnSocket(server, socketPath, mode, () => closing !== undefined).then((remove) => {
          if (closing) remove();
          else undo.push(remove);
        }, fail);
      }
    } catch (error) {
      fail(error);
    }
  });
  ready.catch(ignored);

  const close = async (): Promise<void> => {
    rejectReady(closedBeforeListening());
    await connections.drain(CLOSE_GRACE_SECONDS);
    for (const step of undo) step();
  };
  return { ready, close: () => (closing ??= close()) };
}

function serverOf(identity: TlsIdentity | undefined): Server {
  if (identity === undefined) return createServer(LIMITS).unref();
  const secure = { ...identity.serverOptions(), handshakeTimeout: HANDSHAKE_TIMEOUT_MS };
  return nodeHttps()
    .createServer({ ...LIMITS, ...secure })
    .unref();
}

/** Bun has no `setSecureContext`. */
function isReplaceable(server: Server): server is Server & Pick<SecureServer, 'setSecureContext'> {
  return 'setSecureContext' in server;
}

function ignored(): void {
  // Whoever awaits `ready` gets its rejection. When the error callback fails, there is nobody else to tell.
}
