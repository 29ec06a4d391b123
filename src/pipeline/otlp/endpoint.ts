import type { GivenVariable, OtlpProtocol, OtlpSignal, Warn } from './otlp-target.js';

const HTTP_PORT = '4318';
const GRPC_PORT = '4317';

/** Where a Collector on the same machine listens. */
export function standardEndpoint(signal: OtlpSignal, protocol: OtlpProtocol): URL {
  return protocol === 'grpc'
    ? new URL(`http://localhost:${GRPC_PORT}`)
    : new URL(`http://localhost:${HTTP_PORT}${pathOf(signal)}`);
}

/** The URL that an endpoint stands for; undefined, with one warning, where it cannot be used. */
export function checkedEndpoint(
  given: GivenVariable,
  signal: OtlpSignal,
  protocol: OtlpProtocol,
  warn: Warn,
): URL | undefined {
  const { name, text, whole } = given;
  const fault = faultOf(text, whole, protocol);
  if (fault !== undefined) {
    const { must, got, fix } = fault;
    warn(name, `${name} must ${must}, got ${got}. ${fix} Until then nothing is sent there.`);
    return undefined;
  }
  const url = new URL(text);
  const doubt = doubtOf(url, whole, signal, protocol);
  if (doubt !== undefined) warn(name, `${name} is ${shownEndpoint(text)}: ${doubt}`);
  url.hash = '';
  if (protocol === 'grpc') return Object.assign(url, { pathname: '/', search: '' });
  if (!whole) url.pathname = url.pathname.replace(/\/*$/, pathOf(signal));
  return url;
}

/** `Authorization` of the credentials in a URL. */
export function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const credentials = [username, password].map(decoded).join(':');
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

interface Fault {
  readonly must: string;
  readonly got: string;
  readonly fix: string;
}

/** Why nothing can be sent there. */
function faultOf(text: string, whole: boolean, protocol: OtlpProtocol): Fault | undefined {
  const got = shownEndpoint(text);
  if (!/^https?:\/\//i.test(text)) {
    const must = 'be a URL that begins with http:// or https://';
    const hostAndPort = /^[\w.-]+:\d+(\/[\w./-]*)?$/.test(text) || /^\[[\da-f:.]+\](:\d+)?$/i.test(text);
    return { must, got, fix: hostAndPort ? `Write http://${text}.` : 'Write it as http://localhost:4318.' };
  }
  if (!URL.canParse(text)) {
    const port = Number(/:(\d+)(?:[/?#]|$)/.exec(text.slice(text.lastIndexOf('@') + 1))?.[1]);
    if (port > 65_535)
      return { must: 'have a port from 1 to 65535', got: String(port), fix: 'Correct the port.' };
    return { must: 'be a URL', got, fix: 'Write it as http://localhost:4318.' };
  }
  const { pathname, search, port } = new URL(text);
  if (port === '0') return { must: 'have a port from 1 to 65535', got: '0', fix: 'Correct the port.' };
  const odd = text.includes('#') ? 'a fragment' : search !== '' && 'a query';
  if (odd && (!whole || protocol === 'grpc' || odd === 'a fragment')) {
    return {
      must: 'be a URL without query and fragment',
      got: odd,
      fix: 'Give a key of the API as a header.',
    };
  }
  if (!whole && /\/v1\/(traces|metrics|logs)\/*$/i.test(pathname)) {
    const must = 'be a base URL, to which the path of the signal is appended';
    const path = pathname.slice(pathname.toLowerCase().lastIndexOf('/v1/'));
    return { must, got: `one that ends in ${path}`, fix: `Leave ${path} out.` };
  }
  return undefined;
}

/** Why what is sent there may not arrive; it is tried nevertheless. */
function doubtOf(
  { pathname, port }: URL,
  whole: boolean,
  signal: OtlpSignal,
  protocol: OtlpProtocol,
): string | undefined {
  if (protocol !== 'grpc' && port === GRPC_PORT) {
    return `${GRPC_PORT} is the port of gRPC, and the protocol is ${protocol}. Use port ${HTTP_PORT}, or the protocol grpc.`;
  }
  if (protocol === 'grpc' && port === HTTP_PORT) {
    return `${HTTP_PORT} is the port of HTTP, and the protocol is grpc. Use port ${GRPC_PORT}, or the protocol http/protobuf.`;
  }
  if (protocol === 'grpc') return pathname === '/' ? undefined : 'gRPC has no path. Leave it out.';
  const path = pathOf(signal);
  if (whole && pathname !== path && pathname.toLowerCase().replace(/\/+$/, '') === path) {
    return `the path of a Collector is ${path}, and it is used as it is written. Correct it.`;
  }
  if (whole && pathname === '/') return `it is used whole, and a Collector's path is ${path}. Append it.`;
  return undefined;
}

/** An endpoint as it may be shown: scheme and host alone, and not even the host where a credential may be part of it. */
function shownEndpoint(text: string): string {
  const [scheme] = /^https?:\/\//i.exec(text) ?? [''];
  if (scheme === '') {
    return /^([\w.-]+|\[[\da-f:.]+\]):\d+(\/[\w./-]*)?$/i.test(text)
      ? JSON.stringify(text)
      : 'something else (not shown)';
  }
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (!`${url.pathname}${url.search}${url.hash}`.includes('@')) return `${url.protocol}//${url.host}`;
  }
  return `${scheme}… (not shown)`;
}

function pathOf(signal: OtlpSignal): string {
  return `/v1/${signal}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
