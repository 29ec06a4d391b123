// Who is answered. What is served here is read by a browser of this machine alone, and asks Prometheus for whoever asks.
import type { IncomingMessage } from 'node:http';
import { AllowedHosts, hostOf } from '../../src/http/host-names.js';

const HOSTS = new AllowedHosts(undefined);

export interface Refusal {
  readonly status: number;
  readonly text: string;
}

/** Why a request is not answered; undefined for one that is. */
export function refusalOf({
  method,
  headers,
  socket,
}: Pick<IncomingMessage, 'method' | 'headers' | 'socket'>): Refusal | undefined {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'only GET is answered\n' };
  // A name of somebody else's that leads to 127.0.0.1 would read the pages from another page (DNS rebinding).
  const host = hostOf(headers.host ?? '');
  if (host === undefined || !HOSTS.has(host, { onLoopback: true, address: socket.localAddress }))
    return {
      status: 421,
      text: 'this server answers for names of this machine alone, as 127.0.0.1 and localhost\n',
    };
  // Another page may lead a person here, and may not have queries run behind their back.
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': place } = headers;
  if (site === 'cross-site' && (mode !== 'navigate' || place !== 'document'))
    return { status: 403, text: 'other pages may lead here, and not ask from afar\n' };
  return undefined;
}

/** No script, nothing from elsewhere, and no page around it. */
export const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};
