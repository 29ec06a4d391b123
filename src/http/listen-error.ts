import { hostInUrl } from './server-address.js';

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

/** For whoever waits for a server that was closed before it listened. */
export function closedBeforeListening(): ListenError {
  return Object.assign(new Error('the metrics server was closed before it listened'), {
    code: 'ERR_SERVER_CLOSED',
  });
}
