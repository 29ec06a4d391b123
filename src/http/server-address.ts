import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { isLoopback, normalHost, type Reached } from './host-names.js';

/** Where a server really listens. */
export interface MetricsServerAddress {
  /** IP address, without brackets; the path of the socket for a server on a Unix socket. */
  host: string;
  /** TCP port; 0 for a server on a Unix socket. */
  port: number;
  /** URL of the metrics page. */
  url: string;
}

/**
 * The address of a listening server, with the URL of its metrics page at `path`.
 *
 * @param own - of a server of ours: whether it speaks TLS, and the name that its Unix socket has been given
 */
export function addressOf(
  server: Server,
  path: string,
  own?: { readonly secure: boolean; readonly socketPath: string | undefined },
): MetricsServerAddress {
  const address = own?.socketPath ?? server.address();
  if (address === null) throw new Error('the server is not listening');
  if (typeof address === 'string') return { host: address, port: 0, url: `unix:${address}:${path}` };
  const { address: host, port } = address;
  const scheme = (own?.secure ?? 'setSecureContext' in server) ? 'https' : 'http';
  return { host, port, url: `${scheme}://${hostInUrl(host)}:${port}${path}` };
}

/** A host as it stands in a URL: an IPv6 address in brackets (RFC 3986 §3.2.2). */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** What to do about each error of `listen(2)` that a setting can cure. */
const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken. Stop what listens there or choose another port; port 0 takes any free one',
  EACCES: 'the process may not bind that port. Choose one above 1023 or grant the privilege',
  EADDRNOTAVAIL: 'no interface of this machine has that address. Use 127.0.0.1, ::1 or 0.0.0.0',
  EAFNOSUPPORT: 'this machine does not support that address family. Use 127.0.0.1 or 0.0.0.0',
  ENOTFOUND: 'the host name does not resolve. Use an IP address of this machine',
  ERR_SOCKET_BAD_PORT: 'the port is not an integer from 0 to 65535',
};

/** Of `server.listen()`, and of a server closed before it listened (`ERR_SERVER_CLOSED`). */
export interface ListenError extends Error {
  code: string;
}

/** An error that names host, port and remedy, and keeps the `code` and, as `cause`, the original. */
export function listenError(cause: unknown, host: string, port: number): ListenError {
  const { code = 'ERR_LISTEN', message = String(cause) } = Object(cause) as Partial<ListenError>;
  const reason = REMEDIES[code] ?? message;
  const text = `cannot serve metrics on host ${hostInUrl(host)}, port ${port}: ${reason} (${code})`;
  return Object.assign(new Error(text, { cause }), { code });
}

/** The same for those that concern a Unix socket. */
const SOCKET_REMEDIES: Readonly<Record<string, string>> = {
  EACCES: 'the process may not write in that folder. Grant the right, or choose another folder',
  ENOENT: 'the folder does not exist. Make it first',
  EINVAL: 'the path is too long for a socket. Choose a shorter one',
  ENOTDIR: 'the path leads through a file. Choose another folder',
};

/** An error that names the path of a Unix socket and a remedy, and keeps the `code` and, as `cause`, the original. */
export function socketListenError(cause: unknown, path: string): ListenError {
  const { code = 'ERR_LISTEN', message = String(cause) } = Object(cause) as Partial<ListenError>;
  const reason =
    code === 'EADDRINUSE' ? `${message}. Choose another path` : (SOCKET_REMEDIES[code] ?? message);
  return Object.assign(new Error(`cannot serve metrics on socket ${path}: ${reason} (${code})`, { cause }), {
    code,
  });
}

/** For whoever waits for a server that was closed before it listened. */
export function closedBeforeListening(): ListenError {
  return Object.assign(new Error('the metrics server was closed before it listened'), {
    code: 'ERR_SERVER_CLOSED',
  });
}

/**
 * The path of a request target, without query or fragment. Also understands the absolute form (RFC 9112
 * §3.2.2). Works on the text alone: `URL` would have to be given a host, and rejects some that clients do
 * send.
 */
export function requestPath(target: string | undefined): string {
  const withoutOrigin = (target ?? '/').replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return withoutOrigin.split(/[?#]/, 1)[0] || '/';
}

/** How a request reached the server, for the hosts that it may name. */
export function reachedAt(server: Server, { localAddress }: Socket): Reached {
  const bound = server.address();
  // An IPv4 client of a server that is bound to IPv6 too.
  const address = localAddress?.replace(/^::ffff:(?=\d+\.)/, '');
  const at = typeof bound === 'object' && bound !== null ? bound.address : address;
  return { onLoopback: at !== undefined && isLoopback(normalHost(at)), address };
}
