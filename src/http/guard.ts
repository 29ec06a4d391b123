import type { IncomingMessage } from 'node:http';
import type { EndpointLog } from '../diagnostics/endpoint-log.js';
import { type MetricsHandler, type MetricsResponse, textResponse } from './adapter.js';
import { Credentials, type EndpointAuth } from './credentials.js';
import { AllowedHosts, hostOf, type HostList, type Reached } from './host-names.js';

/** What decides who is answered. */
export interface GuardOptions {
  readonly auth?: EndpointAuth | undefined;
  readonly allowedHosts?: HostList | undefined;
  /** What the server is told to bind. */
  readonly host?: string | undefined;
}

/** What the guard reads of a request. */
interface Knock {
  readonly method: string;
  /** Value of each Host header. */
  readonly hosts: readonly string[];
  /** The request target, where the adapter knows it. */
  readonly target?: string | undefined;
  readonly authorization: string | string[] | undefined;
  /** Address of the client. */
  readonly from?: string | undefined;
}

/** Stands before everything that the endpoint answers: first the host that a request names, then who asks. */
export class Guard {
  readonly #credentials: Credentials | undefined;
  readonly #hosts: AllowedHosts;

  constructor(
    { auth, allowedHosts, host }: GuardOptions,
    private readonly log: EndpointLog,
  ) {
    this.#hosts = new AllowedHosts(allowedHosts, host);
    this.#credentials = auth && new Credentials(auth, (cause, message) => log.warn(cause, message));
  }

  /** Whether it asks for credentials. */
  get authenticates(): boolean {
    return this.#credentials !== undefined;
  }

  /** What a request of node:http is refused with; undefined where it may go on. At once where no file has to be asked. */
  refuse(
    request: IncomingMessage,
    reached: Reached,
  ): MetricsResponse | undefined | Promise<MetricsResponse | undefined> {
    return this.#judge(
      {
        method: request.method ?? 'GET',
        hosts: valuesOf(request.rawHeaders, 'host'),
        target: request.url,
        authorization: request.headers.authorization,
        from: request.socket.remoteAddress,
      },
      reached,
    );
  }

  /** The handler for adapters of the host's. They know no address; only hosts that were listed are asked for. */
  protect(handler: MetricsHandler): MetricsHandler {
    return async (request) => {
      const { host, authorization } = request.headers;
      const knock = { method: request.method, hosts: host === undefined ? [] : [host].flat(), authorization };
      return (await this.#judge(knock, { onLoopback: false })) ?? handler(request);
    };
  }

  #judge(knock: Knock, reached: Reached): MetricsResponse | undefined | Promise<MetricsResponse | undefined> {
    const misdirected = this.#misdirected(knock, reached);
    if (misdirected !== undefined) return misdirected;
    if (this.#credentials === undefined) return undefined;
    const verdict = this.#credentials.accept(knock.authorization);
    return typeof verdict === 'boolean'
      ? this.#unauthenticated(knock, verdict)
      : verdict.then((accepted) => this.#unauthenticated(knock, accepted));
  }

  #misdirected(knock: Knock, reached: Reached): MetricsResponse | undefined {
    const { hosts, target = '/' } = knock;
    const authority = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(target)?.[1];
    const named = (authority === undefined ? hosts : [...hosts, authority]).map(hostOf);
    if (hosts.length > 1) {
      this.log.refused('malformed', knock.from);
      return textResponse(knock, 400, 'bad request: more than one Host header\n');
    }
    // A browser always names a host, so a request that names none, as of HTTP/1.0, is nobody's trick.
    if (
      !this.#hosts.restrict(reached) ||
      named.every((host) => host !== undefined && this.#hosts.has(host, reached))
    )
      return undefined;
    this.log.refused('host', knock.from);
    return textResponse(
      knock,
      421,
      'misdirected request: this endpoint does not answer for that host; prometheus.allowedHosts lists those it does\n',
    );
  }

  #unauthenticated(knock: Knock, accepted: boolean): MetricsResponse | undefined {
    if (accepted) return undefined;
    this.log.refused('unauthenticated', knock.from);
    const response = textResponse(knock, 401, 'unauthorized: credentials are required\n');
    response.headers['WWW-Authenticate'] = this.#credentials?.challenge as string;
    return response;
  }
}

/** Each value that a header was sent with: `headers` keeps only the first Host. */
function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}
