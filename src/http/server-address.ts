import type { Server } from 'node:http';

/** Where a server really listens. */
export interface MetricsServerAddress {
  /** IP address, without brackets; the path of the socket for a server on a Unix socket. */
  host: string;
  /** TCP port; 0 for a server on a Unix socket. */
  port: number;
  /** URL of the metrics page. */
  url: string;
}

/** The address of a listening server, with the URL of its metrics page at `path`. */
export function addressOf(server: Server, path: string): MetricsServerAddress {
  const address = server.address();
  if (address === null) throw new Error('the server is not listening');
  if (typeof address === 'string') return { host: address, port: 0, url: `unix:${address}:${path}` };
  const { address: host, port } = address;
  const scheme = 'setSecureContext' in server ? 'https' : 'http';
  return { host, port, url: `${scheme}://${hostInUrl(host)}:${port}${path}` };
}

/** A host as it stands in a URL: an IPv6 address in brackets (RFC 3986 §3.2.2). */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
