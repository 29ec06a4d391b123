import { request as httpRequest } from 'node:http';
import { BlockList, isIP, type Socket } from 'node:net';
import { nodeHttps } from '../../common/late-modules.js';
import { after } from '../../common/timers.js';
import { basicAuthorization } from './endpoint.js';
import type { Environment, Warn } from './otlp-target.js';
import { keepUnreferenced } from './sockets.js';

/** The proxy that the environment names for a URL, by the variables that Node and curl know. */
export function proxyFor(target: URL, env: Environment, warn: Warn): URL | undefined {
  const names = target.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
  const name = names.find((candidate) => env[candidate]?.trim());
  if (name === undefined || isExcepted(target, env)) return undefined;
  const text = env[name]?.trim() ?? '';
  const written = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`; // as curl reads it
  if (URL.canParse(written) && /^https?:/i.test(written)) return new URL(written);
  warn(name, `${name} must be an http or https URL of a proxy; it is not used.`);
  return undefined;
}

/** Whether a host is reached directly: this machine always is, and what `no_proxy` lists. */
function isExcepted(target: URL, env: Environment): boolean {
  const host = bareHost(target);
  if (host === 'localhost' || host.endsWith('.localhost') || /^127\.|^::1$/.test(host)) return true;
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  const listed = (env['no_proxy'] || env['NO_PROXY'] || '').toLowerCase();
  return listed.split(/[\s,]+/).some((entry) => {
    if (entry === '') return false;
    if (entry === '*') return true;
    if (entry.includes('/')) return isInRange(host, entry);
    const [, name = entry, only] = /^(.*?)(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
    if (only !== undefined && only !== port) return false;
    const domain = name.replace(/^\*?\./, '').replace(/^\[|\]$/g, '');
    return host === domain || host.endsWith(`.${domain}`);
  });
}

function isInRange(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const version = isIP(host);
  if (version === 0 || isIP(network) !== version) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  try {
    list.addSubnet(network, Number(bits), family);
  } catch {
    return false;
  }
  return list.check(host, family);
}

/** The host of a URL as sockets take it: an IPv6 address without brackets. */
export function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

export function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

/** Where a proxy is. In TLS it has its own name: Node would take the receiver's, which stands in the header Host. */
export function proxyAddress(proxy: URL): { host: string; port: number; servername: string } {
  const host = bareHost(proxy);
  return { host, port: portOf(proxy), servername: isIP(host) === 0 ? host : '' };
}

/** Headers that a proxy wants for itself. */
export function proxyHeaders(proxy: URL): Record<string, string> {
  const authorization = basicAuthorization(proxy);
  return authorization === undefined ? {} : { 'proxy-authorization': authorization };
}

/** The proxy did not let us through. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';

  constructor(
    message: string,
    readonly retryable: boolean,
  ) {
    super(message);
  }
}

export interface Tunnel {
  readonly socket: Promise<Socket>;
  /** Gives up what is not established yet. */
  cancel(): void;
}

/** A connection through a proxy to `host:port`, by CONNECT. */
export function openTunnel(proxy: URL, host: string, port: number, timeoutMillis: number): Tunnel {
  const shown = `the proxy ${proxy.protocol}//${proxy.host}`;
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const request = (proxy.protocol === 'https:' ? nodeHttps().request : httpRequest)({
    ...proxyAddress(proxy),
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...proxyHeaders(proxy) },
    agent: false,
  });
  const socket = new Promise<Socket>((resolve, reject) => {
    const fail = (message: string, retryable: boolean): void => {
      stop();
      request.destroy();
      reject(new ProxyError(`${shown}: ${message}`, retryable));
    };
    const stop = after(timeoutMillis, () => fail('no answer in time', true));
    request.on('socket', keepUnreferenced);
    request.on('connect', (response, connected: Socket, head: Buffer) => {
      const { statusCode = 0 } = response;
      if (statusCode < 200 || statusCode > 299) {
        connected.destroy();
        return fail(`HTTP ${statusCode} to CONNECT`, [429, 502, 503, 504].includes(statusCode));
      }
      stop();
      if (head.length > 0) connected.unshift(head);
      resolve(connected);
    });
    request.on('response', ({ statusCode }) => fail(`HTTP ${statusCode} to CONNECT`, false));
    request.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message, true));
    request.on('close', () => fail('the connection was closed', true));
  });
  request.end();
  return { socket, cancel: () => void request.destroy() };
}
