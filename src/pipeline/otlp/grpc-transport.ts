import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import type { Clock } from '../../common/clock.js';
import { nodeHttp2 } from '../../common/late-modules.js';
import { brokenOffAfterTls, failed, failureOf, isTlsFailure } from './connection-errors.js';
import { acceptedAnswer } from './export-response.js';
import { openSession, type OpeningSession } from './grpc-session.js';
import { answerOfHttp, answerOfStatus } from './grpc-status.js';
import type { OtlpSignal, OtlpTarget } from './otlp-target.js';
import { TlsFiles } from './tls-files.js';
import { type Answer, type Attempt, MAX_ANSWER_BYTES, type Transport, USER_AGENT } from './transport.js';

const SERVICES: Readonly<Record<OtlpSignal, string>> = {
  traces: 'trace.v1.TraceService',
  metrics: 'metrics.v1.MetricsService',
  logs: 'logs.v1.LogsService',
};

const FRAME_HEADER_BYTES = 5;

/** OTLP over gRPC: one call an attempt, all of them on one session that is made anew when it is gone. */
export class GrpcTransport implements Transport {
  private readonly tlsFiles: TlsFiles;
  private readonly headers: Readonly<Record<string, string>>;
  private opening: OpeningSession | undefined;
  private session: ClientHttp2Session | undefined;

  constructor(
    private readonly target: OtlpTarget,
    clock: Clock,
  ) {
    this.tlsFiles = new TlsFiles(target.tls, clock);
    this.headers = {
      'user-agent': USER_AGENT,
      ...withoutReserved(target.headers),
      ':method': 'POST',
      ':path': `/opentelemetry.proto.collector.${SERVICES[target.signal]}/Export`,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-accept-encoding': 'identity',
      ...(target.compression === 'gzip' && { 'grpc-encoding': 'gzip' }),
    };
  }

  async attempt({ body, signal, remainingMillis }: Attempt): Promise<Answer> {
    const kept = this.session !== undefined;
    let session: ClientHttp2Session;
    try {
      session = this.session ?? (await this.connect(signal));
    } catch (error) {
      if (isTlsFailure(error)) this.tlsFiles.lookAgain();
      throw error;
    }
    if (signal.aborted) return failed('given up', 'never');
    const timeout = timeoutText(Math.max(1, Math.ceil(remainingMillis)));
    let stream: ClientHttp2Stream;
    try {
      stream = session.request({ ...this.headers, 'grpc-timeout': timeout });
    } catch (error) {
      this.drop(session);
      return { ...failureOf(error), retry: kept ? 'now' : 'later' };
    }
    let heard = false;
    stream.once('response', () => (heard = true));
    const abort = (): void => {
      stream.close(nodeHttp2().constants.NGHTTP2_CANCEL);
      if (!heard) this.drop(session); // nothing comes back: the connection may be dead, without anybody having said so
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      const answer = await answerTo(stream, framed(body, this.target.compression === 'gzip'), kept);
      if (heard || answer.kind !== 'failed' || this.target.url.protocol !== 'https:') return answer;
      this.tlsFiles.lookAgain();
      return brokenOffAfterTls(answer);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  close(): void {
    this.opening?.cancel();
    this.session?.destroy();
  }

  /** Attempts at the same time wait for the same connection. */
  private async connect(signal: AbortSignal): Promise<ClientHttp2Session> {
    const material = await this.tlsFiles.material();
    if (this.session) return this.session;
    if (this.opening === undefined) {
      const opening = (this.opening = openSession(this.target, material));
      const done = (): void => {
        if (this.opening === opening) this.opening = undefined;
      };
      opening.session
        .then(
          (session) => this.keep(session),
          () => {},
        )
        .then(done, done);
      // One that nobody waits for any more is not left to connect for ever.
      signal.addEventListener('abort', () => this.opening === opening && opening.cancel(), { once: true });
    }
    return this.opening.session;
  }

  private keep(session: ClientHttp2Session): void {
    this.session = session;
    const gone = (): void => this.drop(session);
    session.on('close', gone);
    session.on('error', gone);
    session.on('goaway', gone); // calls under way may still end well on it, new ones may not
    if (session.destroyed || session.closed) gone();
  }

  private drop(session: ClientHttp2Session): void {
    if (this.session === session) this.session = undefined;
    if (!session.closed) session.close();
  }
}

function answerTo(stream: ClientHttp2Stream, message: Uint8Array, kept: boolean): Promise<Answer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let status: IncomingHttpHeaders | undefined; // of the trailers, or of headers that have no body after them
    let head: IncomingHttpHeaders & { ':status'?: number | undefined } = {};
    let fault: Error | undefined;
    stream.on('response', (headers) => {
      head = headers;
      if (headers['grpc-status'] !== undefined) status = headers;
    });
    stream.on('trailers', (headers: IncomingHttpHeaders) => {
      if (headers['grpc-status'] !== undefined) status = headers;
    });
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_ANSWER_BYTES) chunks.push(chunk);
      else stream.close(nodeHttp2().constants.NGHTTP2_CANCEL);
    });
    stream.on('error', (error: Error) => (fault = error));
    stream.on('close', () => {
      const httpStatus = Number(head[':status'] ?? 0);
      if (status && status['grpc-status'] !== '0') resolve(answerOfStatus(status));
      else if (status) resolve(acceptedAnswer(unframed(Buffer.concat(chunks)), 'protobuf'));
      else if (httpStatus !== 0 && (httpStatus !== 200 || !isGrpc(head))) {
        resolve(answerOfHttp(httpStatus, head['content-type'] ?? ''));
      } else resolve(brokenOff(stream.rstCode, fault, kept, httpStatus !== 0));
    });
    stream.end(message);
  });
}

/** A call without a status. One that a kept connection never took is made again at once. */
function brokenOff(rstCode: number, fault: Error | undefined, kept: boolean, heard: boolean): Answer {
  const { NGHTTP2_REFUSED_STREAM, NGHTTP2_NO_ERROR, NGHTTP2_ENHANCE_YOUR_CALM } = nodeHttp2().constants;
  if (rstCode === NGHTTP2_REFUSED_STREAM) return failed('the call was refused', kept ? 'now' : 'later');
  if (rstCode === NGHTTP2_ENHANCE_YOUR_CALM) return failed('the receiver is overloaded', 'later');
  const cause = fault && failureOf(fault);
  if (cause?.unreachable) return cause;
  const reason = `the call was broken off${cause ? `: ${cause.reason}` : ''}`;
  const dead = kept && !heard && rstCode !== NGHTTP2_NO_ERROR;
  return failed(reason, dead ? 'now' : 'later');
}

function isGrpc(headers: IncomingHttpHeaders): boolean {
  return /^application\/grpc\b/i.test(headers['content-type'] ?? '');
}

/** https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md: Length-Prefixed-Message */
function framed(message: Uint8Array, compressed: boolean): Uint8Array {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + message.length);
  frame.writeUInt8(compressed ? 1 : 0, 0);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, FRAME_HEADER_BYTES);
  return frame;
}

/** The message of a frame; what is no frame of ours comes back as it is, and cannot be read. */
function unframed(frame: Buffer): Uint8Array {
  return frame.length >= FRAME_HEADER_BYTES && frame[0] === 0 ? frame.subarray(FRAME_HEADER_BYTES) : frame;
}

/** Eight digits at the most. */
function timeoutText(millis: number): string {
  return millis < 1e8 ? `${millis}m` : `${Math.ceil(millis / 1000)}S`;
}

function withoutReserved(headers: Readonly<Record<string, string>>): Record<string, string> {
  const reserved = /^(grpc-|host$|keep-alive$|proxy-connection$|http2-settings$)/;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !reserved.test(name)));
}
