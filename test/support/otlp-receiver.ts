import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import {
  decodeLogsRequest,
  decodeMetricsRequest,
  decodeTraceRequest,
  encodeReply,
  type DecodedLogRecord,
  type DecodedMetric,
  type DecodedSpan,
} from './otlp-decode.js';

export type {
  DecodedAttributes,
  DecodedEvent,
  DecodedExemplar,
  DecodedExponentialBuckets,
  DecodedLink,
  DecodedLogRecord,
  DecodedMetric,
  DecodedPoint,
  DecodedScope,
  DecodedSpan,
  MetricKind,
  SpanKindName,
  StatusCodeName,
  Temporality,
} from './otlp-decode.js';
export { spanTree, type SpanTree } from './span-tree.js';

export interface OtlpAnswer {
  /** Any but 2xx refuses the request: nothing of it is kept. */
  readonly status: number;
  /** How long the answer is held back; what it answers is kept at once, as by a slow collector. */
  readonly delayMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OtlpReceiverOptions {
  /**
   * The loopback port.
   *
   * @default 0, any free one
   */
  readonly port?: number;
  /**
   * Decides the answer to each request; undefined leaves it to the receiver.
   * `attempt` counts the requests for that path, from 1.
   */
  readonly respond?: (request: { readonly path: string; readonly attempt: number }) => OtlpAnswer | undefined;
  /**
   * How long `waitFor…` waits, in milliseconds.
   *
   * @default 20_000
   */
  readonly waitMs?: number;
}

export interface ReceivedRequest {
  readonly path: string;
  readonly contentType: string | undefined;
  readonly encoding: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** The length of the body as sent, so compressed when it was compressed. */
  readonly bytes: number;
  readonly status: number;
  /** Why the receiver itself refused. */
  readonly error?: string;
}

/** The arrays are live: they grow in order of arrival. */
export interface OtlpReceiver {
  /** Without a trailing slash: append `/v1/traces`, `/v1/metrics` or `/v1/logs`. */
  readonly url: string;
  readonly port: number;
  readonly spans: readonly DecodedSpan[];
  readonly metrics: readonly DecodedMetric[];
  readonly logs: readonly DecodedLogRecord[];
  readonly requests: readonly ReceivedRequest[];
  /** Resolves with all spans once there are `count` or more. */
  waitForSpans(count: number): Promise<readonly DecodedSpan[]>;
  /** Resolves with the latest metric of that name that `accept` (default: any) agrees to. */
  waitForMetric(name: string, accept?: (metric: DecodedMetric) => boolean): Promise<DecodedMetric>;
  /** Resolves with all log records once there are `count` or more. */
  waitForLogs(count: number): Promise<readonly DecodedLogRecord[]>;
  /** Resolves with all requests, refused ones too, once there are `count` or more. */
  waitForRequests(count: number): Promise<readonly ReceivedRequest[]>;
  /** Stops at once, dropping open connections and answers held back. */
  close(): Promise<void>;
}

const PROTOBUF = 'application/x-protobuf';
/** google.rpc codes: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const INVALID_ARGUMENT = 3;
const UNAVAILABLE = 14;

const inflate = promisify(gunzip);

interface Waiter {
  check(): void;
  fail(error: Error): void;
}

/** Receives OTLP/HTTP in protobuf on loopback, and keeps what it understood. */
export async function startOtlpReceiver(options: OtlpReceiverOptions = {}): Promise<OtlpReceiver> {
  const { respond, waitMs = 20_000 } = options;
  const spans: DecodedSpan[] = [];
  const metrics: DecodedMetric[] = [];
  const logs: DecodedLogRecord[] = [];
  const requests: ReceivedRequest[] = [];
  const attempts = new Map<string, number>();
  const waiters = new Set<Waiter>();
  let broken: Error | undefined;

  /** Keeps what a request says; answers what is wrong with it. */
  const accept = async (
    request: IncomingMessage,
    path: string,
    body: Buffer,
  ): Promise<Refusal | undefined> => {
    const encoding = request.headers['content-encoding'];
    if (!['/v1/traces', '/v1/metrics', '/v1/logs'].includes(path))
      return { status: 404, error: `no such path: ${path}` };
    if (request.method !== 'POST') return { status: 405, error: `not a POST but a ${request.method}` };
    if (request.headers['content-type'] !== PROTOBUF) {
      return { status: 415, error: `not ${PROTOBUF} but ${request.headers['content-type']}` };
    }
    if (encoding !== undefined && encoding !== 'gzip' && encoding !== 'identity') {
      return { status: 415, error: `unknown content-encoding: ${encoding}` };
    }
    try {
      const message = encoding === 'gzip' ? await inflate(body) : body;
      // Decoded whole before any of it is kept.
      if (path === '/v1/traces') spans.push(...decodeTraceRequest(message));
      else if (path === '/v1/logs') logs.push(...decodeLogsRequest(message));
      else metrics.push(...decodeMetricsRequest(message));
      return undefined;
    } catch (error) {
      return { status: 400, error: error instanceof Error ? error.message : String(error) };
    }
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    const path = request.url ?? '';
    const attempt = (attempts.get(path) ?? 0) + 1;
    attempts.set(path, attempt);

    const answer = respond?.({ path, attempt });
    const refusedByTest = answer !== undefined && (answer.status < 200 || answer.status > 299);
    const refusal = refusedByTest ? undefined : await accept(request, path, body);
    const status = refusal?.status ?? answer?.status ?? 200;
    requests.push({
      path,
      contentType: request.headers['content-type'],
      encoding: request.headers['content-encoding'],
      headers: request.headers,
      bytes: body.length,
      status,
      ...(refusal && { error: refusal.error }),
    });
    for (const waiter of [...waiters]) waiter.check();

    const refused = refusal
      ? { code: INVALID_ARGUMENT, message: refusal.error }
      : refusedByTest
        ? { code: UNAVAILABLE, message: `answered ${status} on purpose` }
        : undefined;
    const send = () => {
      response.writeHead(status, { 'content-type': PROTOBUF, ...answer?.headers });
      response.end(encodeReply(path, refused));
    };
    if (answer?.delayMs === undefined) return send();
    const timer = setTimeout(send, answer.delayMs).unref(); // a test that ends first waits for no answer
    response.once('close', () => clearTimeout(timer));
  };

  const server = createServer((request, response) => {
    // What fails here is a client that went away while sending, or a `respond` that threw: neither gets an answer.
    handle(request, response).catch((error: Error) => {
      response.destroy();
      if (!request.complete) return;
      broken ??= error;
      for (const waiter of [...waiters]) waiter.fail(error);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  const waitUntil = <T>(what: string, find: () => T | undefined): Promise<T> => {
    if (broken !== undefined) return Promise.reject(broken);
    const found = find();
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        waiters.delete(waiter);
        act();
      };
      const waiter: Waiter = {
        check() {
          const value = find();
          if (value !== undefined) settle(() => resolve(value));
        },
        fail: (error) => settle(() => reject(error)),
      };
      const timer = setTimeout(
        () => waiter.fail(new Error(`no ${what} within ${waitMs} ms; received: ${inventory()}`)),
        waitMs,
      );
      waiters.add(waiter);
    });
  };

  const inventory = () =>
    JSON.stringify({
      spans: spans.map((span) => span.name),
      metrics: [...new Set(metrics.map((metric) => metric.name))],
      logs: logs.map((record) => record.eventName),
      requests: requests.map(({ path, status, error }) => ({ path, status, error })),
    });

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    spans,
    metrics,
    logs,
    requests,
    waitForSpans: (count) => waitUntil(`${count} spans`, () => (spans.length >= count ? spans : undefined)),
    waitForMetric: (name, accepts = () => true) =>
      waitUntil(`metric "${name}"`, () =>
        metrics.findLast((metric) => metric.name === name && accepts(metric)),
      ),
    waitForLogs: (count) =>
      waitUntil(`${count} log records`, () => (logs.length >= count ? logs : undefined)),
    waitForRequests: (count) =>
      waitUntil(`${count} requests`, () => (requests.length >= count ? requests : undefined)),
    close: () =>
      new Promise((resolve, reject) => {
        for (const waiter of [...waiters]) waiter.fail(new Error('the receiver was closed'));
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

interface Refusal {
  readonly status: number;
  readonly error: string;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
