import type { Server } from 'node:http';
import { DropLog } from '../diagnostics/drop-log.js';
import { EndpointLog } from '../diagnostics/endpoint-log.js';
import type { MetricsHandler } from './adapter.js';
import type { EndpointAuth } from './credentials.js';
import { Guard } from './guard.js';
import { joinHostServer } from './host-server.js';
import { type HostList, isLoopback, normalHost } from './host-names.js';
import type { MetricsServerAddress } from './server-address.js';
import { startStandaloneServer } from './standalone-server.js';
import type { EndpointTls } from './tls-identity.js';

export interface MetricsServerOptions {
  /** Address or host name to listen on; IPv6 with or without brackets. Unused with `server` and `socketPath`. */
  host: string;
  /** TCP port; 0 takes any free one. Unused with `server` and `socketPath`. */
  port: number;
  /** A Unix socket to listen on. What a dead process has left there is replaced. */
  socketPath?: string | undefined;
  /** Who may connect to it, as mode of the file. @defaultValue the owner */
  socketMode?: number | undefined;
  /** Path of the metrics page, with its leading slash. Query strings are ignored. */
  path: string;
  /** Answers the requests for `path`. */
  handler: MetricsHandler;
  /**
   * Whether `/ready` answers 200 rather than 503. Never 200 before listening or after `close()`.
   * @defaultValue always
   */
  isReady?: (() => boolean) | undefined;
  /**
   * The host's own server. We answer `path` on it, leave every other request to the host's listeners, and
   * neither start nor close it. There is no `/health` and no `/ready` then.
   */
  server?: Server | undefined;
  /** Who is answered, on every page. Left out, everybody is. */
  auth?: EndpointAuth | undefined;
  /** Further hosts that requests may name. Left out, none on an address of loopback, and any on another. */
  allowedHosts?: HostList | undefined;
  /** TLS of our own server. */
  tls?: EndpointTls | undefined;
  /** Whether it is meant that anybody who reaches the server is answered. */
  unauthenticated?: boolean | undefined;
  /** Told of errors of our own server after it has listened, such as a failed accept. */
  onError?: ((error: unknown) => void) | undefined;
}

/** What `startMetricsServer` makes of its options; `initObservability` shares both with the adapters. */
export interface GuardedServerOptions extends MetricsServerOptions {
  /** Answers `/` on our own server; left out, nobody does. */
  readonly live?: MetricsHandler | undefined;
  readonly guard: Guard;
  readonly log: EndpointLog;
}

export interface MetricsServer {
  /**
   * Resolves with the real address once listening. Rejects with an error that names host, port and remedy and
   * keeps the system's `code` (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, …), or with `ERR_SERVER_CLOSED` if
   * closed before. On the host's own server it waits until the host calls `listen()`. Left unawaited, its
   * rejection is silent.
   */
  ready: Promise<MetricsServerAddress>;
  /**
   * Stops accepting, closes idle connections, and gives the answers under way up to 1 second before their
   * connections are closed too. On the host's own server it only gives `path` back. Idempotent; never
   * rejects.
   */
  close(): Promise<void>;
}

/**
 * Serves the metrics page, and `/health` and `/ready` beside it, on a server of its own or on the host's.
 *
 * A server of its own never keeps the process alive: neither it nor its connections are ref'd. It answers a
 * client within bounded time and memory: 64 connections, of which the one that has been idle for longest makes room for a
 * new one, and 32 more while all are at work; 8 KiB of headers, 5 seconds to send them, 10 seconds for a whole request
 * whose body is thrown away unread, and 60 seconds to take the answer, or 10 while others wait.
 *
 * @example
 * ```ts
 * const server = startMetricsServer({ host: '127.0.0.1', port: 0, path: '/metrics', handler });
 * const { url } = await server.ready;
 * await server.close();
 * ```
 */
export function startMetricsServer(options: MetricsServerOptions): MetricsServer {
  const log = new EndpointLog(new DropLog());
  return startGuardedServer({ ...options, guard: new Guard(options, log), log });
}

export function startGuardedServer(options: GuardedServerOptions): MetricsServer {
  if (options.server) return joinHostServer(options.server, options);
  const server = startStandaloneServer(options);
  server.ready.then(
    ({ host }) => warnOpen(options, host),
    () => undefined, // said elsewhere
  );
  return server;
}

function warnOpen(options: GuardedServerOptions, host: string): void {
  const { guard, tls, unauthenticated, socketPath, log } = options;
  const loopback = isLoopback(normalHost(host));
  if (loopback || socketPath !== undefined || unauthenticated || guard.authenticates || tls?.clientCaFile)
    return;
  log.warn(
    'open',
    `the metrics endpoint on ${host} answers anybody who reaches it. Set prometheus.auth or prometheus.tls.clientCaFile, ` +
      'or bind 127.0.0.1; prometheus.unauthenticated: true says that it is meant.',
  );
}
