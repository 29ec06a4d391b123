import {
  constants,
  createServer as createHttp2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import {
  Metadata,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import type { Delivery } from '../../../src/pipeline/otlp/otlp-sender.js';
import type { OtlpSettings } from '../../../src/pipeline/otlp/otlp-target.js';
import { closeAll, closeLater, collector, listening, patient, rawCollector, senderTo } from './collectors.js';

const MESSAGE = Buffer.from('a message');
const DELIVERED: Delivery = { outcome: 'delivered', rejected: 0 };
const failed = (reason: string): Delivery => ({ outcome: 'failed', reason });

interface Call {
  readonly message: Buffer;
  readonly metadata: Metadata;
}

type Reply = Buffer | { code: number; details?: string; metadata?: Metadata };

const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const asIs = (bytes: Buffer) => bytes;
const SERVICE: ServiceDefinition = {
  Export: {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  },
};

/** The server of gRPC's own library; `reply` answers each call. */
async function grpcCollector(reply: (call: number) => Reply): Promise<{ url: string; calls: Call[] }> {
  const calls: Call[] = [];
  const server = new Server();
  server.addService(SERVICE, {
    Export(call: { request: Buffer; metadata: Metadata }, callback: sendUnaryData<Buffer>) {
      calls.push({ message: call.request, metadata: call.metadata });
      const answer = reply(calls.length);
      if (Buffer.isBuffer(answer)) callback(null, answer);
      else callback(answer);
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  closeLater(() => server.forceShutdown());
  return { url: `http://127.0.0.1:${port}`, calls };
}

/** A server of HTTP/2 that need not be gRPC. */
async function http2Collector(answer: (stream: ServerHttp2Stream, call: number) => void): Promise<string> {
  let calls = 0;
  const server = createHttp2Server();
  server.on('session', (session) => {
    session.on('error', () => {});
    closeLater(() => session.destroy());
  });
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.resume();
    answer(stream, ++calls);
  });
  return `http://127.0.0.1:${await listening(server as never)}`;
}

const grpc = (url: string, settings: OtlpSettings = {}, options = patient()) =>
  senderTo(url, { protocol: 'grpc', ...settings }, options);

/** google.rpc.Status with a RetryInfo of so many seconds. */
function retryIn(seconds: number): Metadata {
  const type = Buffer.from('type.googleapis.com/google.rpc.RetryInfo');
  const duration = Buffer.from([10, 2, 8, seconds]);
  const any = Buffer.concat([
    Buffer.from([10, type.length]),
    type,
    Buffer.from([18, duration.length]),
    duration,
  ]);
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.concat([Buffer.from([8, 8, 26, any.length]), any]));
  return metadata;
}

describe('a call', () => {
  test('carries the message and its headers', async () => {
    const { url, calls } = await grpcCollector(() => Buffer.alloc(0));
    expect(
      await grpc(url, { headers: { 'X-Key': 'k', te: 'x', 'grpc-timeout': '1n' } }).send(MESSAGE),
    ).toEqual(DELIVERED);
    expect(calls[0]?.message).toEqual(MESSAGE);
    const { 'x-key': key, 'user-agent': agent } = calls[0]?.metadata.getMap() ?? {};
    expect([key, agent]).toEqual(['k', expect.stringContaining('OTel-OTLP-Exporter-JavaScript/')]);
  });

  test('is compressed', async () => {
    const { url, calls } = await grpcCollector(() => Buffer.alloc(0));
    expect(await grpc(url, { compression: 'gzip' }).send(MESSAGE)).toEqual(DELIVERED);
    expect(calls[0]?.message).toEqual(MESSAGE);
  });

  test('carries megabytes, several at a time, on one connection', async () => {
    const { url, calls } = await grpcCollector(() => Buffer.alloc(0));
    const sender = grpc(url);
    const big = Buffer.alloc(3 * 2 ** 20, 7);
    const deliveries = await Promise.all([1, 2, 3, 4].map(() => sender.send(big)));
    expect(deliveries).toEqual([DELIVERED, DELIVERED, DELIVERED, DELIVERED]);
    expect(calls.map(({ message }) => message.equals(big))).toEqual([true, true, true, true]);
  });

  test('says how long it waits', async () => {
    let timeout: unknown;
    const server = createHttp2Server();
    server.on('session', (session) => closeLater(() => session.destroy()));
    server.on('stream', (stream, headers) => {
      timeout = headers['grpc-timeout'];
      stream.respond({ 'content-type': 'application/grpc', 'grpc-status': '0' }, { endStream: true });
    });
    const url = `http://127.0.0.1:${await listening(server as never)}`;
    expect(await grpc(url, { timeoutMillis: 1234 }).send(MESSAGE)).toEqual(DELIVERED);
    expect(timeout).toBe('1234m');
    expect(await grpc(url, { timeoutMillis: 2e9 }).send(MESSAGE)).toEqual(DELIVERED);
    expect(timeout).toBe('2000000S');
  });
});

describe('an answer', () => {
  test.each<[string, Reply, Delivery]>([
    [
      'partial success',
      Buffer.from([10, 7, 8, 3, 18, 3, 111, 108, 100]),
      { ...DELIVERED, rejected: 3, reason: 'old' },
    ],
    [
      'garbage',
      Buffer.from([255, 255]),
      { ...DELIVERED, reason: 'the answer could not be read (2 bytes); the data counts as delivered' },
    ],
    ['UNKNOWN', { code: 2, details: 'odd' }, failed('gRPC UNKNOWN: odd')],
    [
      'INVALID_ARGUMENT',
      { code: 3, details: 'schlüssel\nsecond line' },
      failed('gRPC INVALID_ARGUMENT: schlüssel'),
    ],
    ['NOT_FOUND', { code: 5, details: '' }, failed('gRPC NOT_FOUND')],
    ['ALREADY_EXISTS', { code: 6, details: 'x' }, failed('gRPC ALREADY_EXISTS: x')],
    ['PERMISSION_DENIED', { code: 7, details: 'x' }, failed('gRPC PERMISSION_DENIED: x')],
    ['RESOURCE_EXHAUSTED', { code: 8, details: 'quota' }, failed('gRPC RESOURCE_EXHAUSTED: quota')],
    [
      'RESOURCE_EXHAUSTED for the size',
      { code: 8, details: 'grpc: received message larger than max (5 vs. 4)' },
      { outcome: 'too_large' },
    ],
    ['FAILED_PRECONDITION', { code: 9, details: 'x' }, failed('gRPC FAILED_PRECONDITION: x')],
    ['UNIMPLEMENTED', { code: 12, details: 'x' }, failed('gRPC UNIMPLEMENTED: x')],
    ['INTERNAL', { code: 13, details: 'x' }, failed('gRPC INTERNAL: x')],
    ['UNAUTHENTICATED', { code: 16, details: 'token=abc' }, failed('gRPC UNAUTHENTICATED: token=***')],
  ])('%s is final', async (_, reply, delivery) => {
    const { url, calls } = await grpcCollector(() => reply);
    expect(await grpc(url).send(MESSAGE)).toEqual(delivery);
    expect(calls).toHaveLength(1);
  });

  test.each([
    [1, 'CANCELLED'],
    [4, 'DEADLINE_EXCEEDED'],
    [10, 'ABORTED'],
    [11, 'OUT_OF_RANGE'],
    [14, 'UNAVAILABLE'],
    [15, 'DATA_LOSS'],
  ])('%d (%s) is asked for again', async (code) => {
    const { url, calls } = await grpcCollector((call) =>
      call < 3 ? { code, details: 'x' } : Buffer.alloc(0),
    );
    const options = patient();
    expect(await grpc(url, {}, options).send(MESSAGE)).toEqual(DELIVERED);
    expect([calls.length, options.waited()]).toEqual([3, 2500]);
  });

  test.each([8, 14])('%d with a delay is asked for again after it', async (code) => {
    const { url } = await grpcCollector((call) =>
      call === 1 ? { code, details: 'x', metadata: retryIn(4) } : Buffer.alloc(0),
    );
    const options = patient(() => 0);
    expect(await grpc(url, {}, options).send(MESSAGE)).toEqual(DELIVERED);
    expect(options.waited()).toBe(4000);
  });

  test('of a message beyond the limit of the receiver is too_large', async () => {
    const { url } = await grpcCollector(() => Buffer.alloc(0));
    expect(await grpc(url).send(Buffer.alloc(5 * 2 ** 20))).toEqual({ outcome: 'too_large' });
  });

  test.each([
    [
      200,
      'text/html',
      failed('the answer is not gRPC but text/html: the endpoint may speak HTTP (port 4318)'),
    ],
    [401, 'text/plain', failed('HTTP 401 instead of gRPC')],
    [404, 'text/plain', failed('HTTP 404 instead of gRPC')],
    [413, 'text/plain', { outcome: 'too_large' }],
    [503, 'text/plain', failed('HTTP 503 instead of gRPC, at attempt 5')],
  ])('of HTTP alone: %d %s', async (status, type, delivery) => {
    const url = await http2Collector((stream) => {
      stream.respond({ ':status': status, 'content-type': type });
      stream.end('x');
    });
    expect(await grpc(url).send(MESSAGE)).toEqual(delivery);
  });

  test('that never ends is cut off', async () => {
    const url = await http2Collector((stream) => {
      stream.respond({ 'content-type': 'application/grpc' });
      const more = () =>
        void stream.write(Buffer.alloc(16_384), () => stream.destroyed || setImmediate(more));
      more();
    });
    expect(await grpc(url, { timeoutMillis: 2000 }).send(MESSAGE)).toMatchObject({ outcome: 'failed' });
  });

  test('of a server of HTTP/1 says so', async () => {
    const url = await collector((_, response) => response.end());
    expect(await grpc(url).send(MESSAGE)).toMatchObject({ outcome: 'failed' });
  });
});

describe('a connection', () => {
  const ok = (stream: ServerHttp2Stream) =>
    stream.respond({ 'content-type': 'application/grpc', 'grpc-status': '0' }, { endStream: true });

  test.each<[string, (session: ServerHttp2Session) => void]>([
    ['is closed gracefully', (session) => session.close()],
    ['says GOAWAY', (session) => session.goaway(constants.NGHTTP2_NO_ERROR)],
    ['breaks off', (session) => session.destroy()],
  ])('that %s after a call is made again', async (_, act) => {
    const sessions = new Set<ServerHttp2Session>();
    const url = await http2Collector((stream) => {
      sessions.add(stream.session as ServerHttp2Session);
      ok(stream);
    });
    const sender = grpc(url);
    for (let sent = 0; sent < 4; sent++) {
      expect(await sender.send(MESSAGE)).toEqual(DELIVERED);
      act([...sessions].at(-1)!);
    }
    expect(sessions.size).toBeGreaterThan(1);
  });

  test.each([
    ['REFUSED_STREAM', constants.NGHTTP2_REFUSED_STREAM],
    ['ENHANCE_YOUR_CALM', constants.NGHTTP2_ENHANCE_YOUR_CALM],
    ['INTERNAL_ERROR', constants.NGHTTP2_INTERNAL_ERROR],
  ])('on which a call ends with %s is tried again', async (_, code) => {
    const url = await http2Collector((stream, call) => (call === 1 ? stream.close(code) : ok(stream)));
    expect(await grpc(url).send(MESSAGE)).toEqual(DELIVERED);
  });

  test('that is refused is final when the process ends', async () => {
    const url = await rawCollector(() => {});
    closeAll();
    expect(await grpc(url).send(MESSAGE, { ending: () => true })).toEqual(
      failed('connection refused: nothing listens there (ECONNREFUSED)'),
    );
    const options = patient();
    expect(await grpc(url, {}, options).send(MESSAGE)).toMatchObject({ outcome: 'failed' });
    expect(options.waited()).toBe(8125);
  });

  test('on which nothing comes back does not outlast the deadline, and is not used again', async () => {
    const sessions = new Set<unknown>();
    const url = await http2Collector((stream) => {
      sessions.add(stream.session);
      if (sessions.size > 1) ok(stream);
    });
    const sender = senderTo(url, { protocol: 'grpc', timeoutMillis: 150 }, {});
    expect(await sender.send(MESSAGE)).toEqual(failed('no answer within 150 ms'));
    expect(await sender.send(MESSAGE)).toEqual(DELIVERED);
  });

  test('to what says nothing at all does not outlast the deadline', async () => {
    const url = await rawCollector(() => {});
    const sender = senderTo(url, { protocol: 'grpc', timeoutMillis: 150 }, {});
    expect(await sender.send(MESSAGE)).toEqual(failed('no answer within 150 ms'));
  });
});
