import {
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
} from 'node:http';
import type { RequestOptions as TlsRequestOptions } from 'node:https';
import { nodeHttps } from '../../common/late-modules.js';
import { publicMessage } from '../../diagnostics/redaction.js';
import type { Clock } from '../../common/clock.js';
import { brokenOffAfterTls, failed, failureOf, isTlsFailure } from './connection-errors.js';
import { acceptedAnswer, statusMessage } from './export-response.js';
import { HttpAgent } from './http-agent.js';
import type { OtlpTarget } from './otlp-target.js';
import { bareHost, portOf, proxyAddress, proxyHeaders } from './proxy.js';
import { retryAfterMillis } from './retry.js';
import { keepUnreferenced } from './sockets.js';
import { TlsFiles } from './tls-files.js';
import { type Answer, type Attempt, MAX_ANSWER_BYTES, type Transport, USER_AGENT } from './transport.js';

/** https://opentelemetry.io/docs/specs/otlp/#otlphttp-response */
const RETRYABLE: readonly number[] = [429, 502, 503, 504];

/** OTLP over HTTP/1.1, one POST an attempt. Redirects are not followed: they could lead credentials elsewhere. */
export class HttpTransport implements Transport {
  private readonly agent: HttpAgent;
  private readonly tlsFiles: TlsFiles;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    private readonly target: OtlpTarget,
    clock: Clock,
  ) {
    const { protocol, compression } = target;
    this.agent = new HttpAgent(target);
    this.tlsFiles = new TlsFiles(target.tls, clock);
    this.headers = {
      'user-agent': USER_AGENT,
      ...target.headers,
      'content-type': protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
      ...(compression === 'gzip' && { 'content-encoding': 'gzip' }),
    };
  }

  async attempt({ body, signal }: Attempt): Promise<Answer> {
    const options = { ...(await this.requestOptions()), agent: await this.agent.get() };
    if (signal.aborted) return failed('given up', 'never');
    // Without TLS to this end it is the proxy that TLS goes to.
    const { url, proxy } = this.target;
    const secure =
      url.protocol === 'https:' || (options.path?.startsWith('http:') && proxy?.protocol === 'https:');
    const request = (secure ? nodeHttps().request : httpRequest)(options);
    try {
      return await answerTo(request, body, signal, this.target);
    } catch (error) {
      if (url.protocol !== 'https:') throw error;
      this.tlsFiles.lookAgain();
      const brokenOff = (error as NodeJS.ErrnoException).code === 'ECONNRESET' && !isTlsFailure(error);
      if (!brokenOff) throw error;
      return brokenOffAfterTls(failureOf(error));
    }
  }

  close(): void {
    this.agent.close();
  }

  private async requestOptions(): Promise<RequestOptions & TlsRequestOptions> {
    const { url, proxy } = this.target;
    const path = `${url.pathname}${url.search}`;
    const common = { method: 'POST', headers: this.headers };
    if (proxy && url.protocol === 'http:') {
      const headers = { ...this.headers, host: url.host, ...proxyHeaders(proxy) };
      return {
        ...common,
        headers,
        ...proxyAddress(proxy),
        path: `http://${url.host}${path}`,
      };
    }
    return { ...common, host: bareHost(url), port: portOf(url), path, ...(await this.tlsFiles.material()) };
  }
}

function answerTo(
  request: ClientRequest,
  body: Uint8Array,
  signal: AbortSignal,
  target: OtlpTarget,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let response: IncomingMessage | undefined;
    // Of an answer that has begun the status counts; what follows can only say more.
    const end = (read?: Uint8Array): void => {
      signal.removeEventListener('abort', abort);
      if (response) resolve(answerOf(response, read, target));
      else resolve(failed('the connection was closed without an answer', 'later'));
    };
    const abort = (): void => {
      request.destroy();
      end();
    };
    signal.addEventListener('abort', abort, { once: true });
    request.on('socket', keepUnreferenced);
    request.on('response', (incoming) => {
      response = incoming;
      readBody(incoming, end);
    });
    request.on('error', (error) => {
      if (response) return;
      signal.removeEventListener('abort', abort);
      // A connection that was kept open may have been closed at the other end just now: that says nothing of the receiver.
      const { code } = error as NodeJS.ErrnoException;
      if (request.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE')) {
        resolve({ ...failureOf(error), retry: 'now' });
      } else reject(error);
    });
    request.on('close', () => response ?? end());
    request.setHeader('content-length', body.length);
    request.end(body);
  });
}

/** Gives the body, or what there is of it up to the limit: of more the connection is closed. Undefined if it breaks off. */
function readBody(response: IncomingMessage, done: (body?: Uint8Array) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  const read = (): Uint8Array => Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES);
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length <= MAX_ANSWER_BYTES) return;
    done(read());
    response.destroy();
  });
  response.on('end', () => done(read()));
  response.on('error', () => done()); // the status is known already
}

function answerOf(response: IncomingMessage, body: Uint8Array | undefined, target: OtlpTarget): Answer {
  const { statusCode: status = 0, headers } = response;
  const type = headers['content-type'] ?? '';
  const encoding =
    /\bjson\b/i.test(type) || (type === '' && target.protocol === 'http/json') ? 'json' : 'protobuf';
  if (status >= 200 && status <= 299) {
    return body ? acceptedAnswer(body, encoding) : acceptedAnswer(BROKEN, encoding);
  }
  if (status === 413) return { kind: 'too_large' };
  if (status >= 300 && status <= 399)
    return failed(redirectReason(status, headers.location, target), 'never');
  const said = /protobuf|json/i.test(type) && body ? statusMessage(body, encoding) : plainText(type, body);
  const reason = `HTTP ${status}${said === '' ? '' : `: ${publicMessage(said)}`}`;
  if (!RETRYABLE.includes(status)) return failed(reason, 'never');
  return { ...failed(reason, 'later'), retryAfterMillis: retryAfterMillis(headers['retry-after']) };
}

/** No protobuf and no JSON: what a body that broke off reads as. */
const BROKEN = Uint8Array.of(255);

function plainText(type: string, body: Uint8Array | undefined): string {
  return /^text\/plain\b/i.test(type) && body ? Buffer.from(body).toString('utf8').trim() : '';
}

function redirectReason(status: number, location: string | undefined, { url }: OtlpTarget): string {
  const to = location !== undefined && URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  const shown = to ? `${to.protocol}//${to.host}` : 'another place';
  return `HTTP ${status} redirects to ${shown}; redirects are not followed: set the endpoint that answers itself`;
}
