import { gzipSync } from 'node:zlib';
import { runChild } from './child.js';
import { traceRequest } from './fixtures/otlp-requests.js';
import { spanTree, startOtlpReceiver, type OtlpReceiver, type OtlpReceiverOptions } from './otlp-receiver.js';

const open = new Set<OtlpReceiver>();
async function start(options?: OtlpReceiverOptions): Promise<OtlpReceiver> {
  const receiver = await startOtlpReceiver(options);
  open.add(receiver);
  return receiver;
}
afterEach(async () => {
  await Promise.all([...open].map((receiver) => receiver.close()));
  open.clear();
});

/** In a process of its own, since the exporters import `node:http` in a way that needs a flag under jest. */
async function sendTelemetry(receiver: OtlpReceiver, compression: 'none' | 'gzip') {
  const child = runChild(new URL('./fixtures/send-telemetry.ts', import.meta.url), {
    args: [receiver.url, compression],
  });
  const { code } = await child.exited;
  expect({ code, stderr: child.stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(child.stdout) as { traceId: string; spanId: string };
}

const post = (
  receiver: OtlpReceiver,
  path: string,
  body: Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
) =>
  fetch(receiver.url + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-protobuf', ...headers },
  });

const traceBody = Uint8Array.from(traceRequest);

describe('startOtlpReceiver', () => {
  test.each(['none', 'gzip'] as const)(
    'decodes what the OpenTelemetry exporters send with compression %s',
    async (compression) => {
      const receiver = await start();
      const { traceId, spanId } = await sendTelemetry(receiver, compression);

      const spans = await receiver.waitForSpans(2);
      expect(spanTree(spans)).toEqual([{ name: 'evaluate', children: [{ name: 'rule', children: [] }] }]);
      expect(spans.find((span) => span.name === 'evaluate')).toMatchObject({
        traceId,
        spanId,
        parentSpanId: undefined,
        kind: 'server',
        startNanos: 1_700_000_000_000_000_005n,
        endNanos: 1_700_000_001_000_000_000n,
        attributes: {
          'agent.id': 'a-1',
          allowed: false,
          risk: 0.25,
          tries: 3,
          tags: ['x', 'y'],
          'naïve 🙂': '"\\\n',
        },
        events: [],
        status: { code: 'error', message: 'denied' },
        resource: { 'service.name': 'kernel', 'service.instance.id': 7 },
        scope: { name: 'governance', version: '1.2.3' },
      });
      expect(spans.find((span) => span.name === 'rule')).toMatchObject({
        traceId,
        parentSpanId: spanId,
        kind: 'internal',
        events: [{ name: 'matched', attributes: { rule: 'r-9' } }],
        links: [{ traceId, spanId, attributes: { why: 'test' } }],
        status: { code: 'unset', message: '' },
      });

      expect(await receiver.waitForMetric('decisions')).toMatchObject({
        unit: '{decision}',
        description: 'How many',
        kind: 'sum',
        temporality: 'cumulative',
        monotonic: true,
        points: [{ value: 2, attributes: { outcome: 'allow' } }],
        resource: { 'service.name': 'kernel' },
        scope: { name: 'governance', version: '1.2.3' },
      });
      expect(await receiver.waitForMetric('active')).toMatchObject({
        kind: 'sum',
        monotonic: false,
        points: [{ value: -1.5 }],
      });
      expect(await receiver.waitForMetric('score')).toMatchObject({
        kind: 'gauge',
        temporality: undefined,
        points: [{ value: 0.5 }],
      });
      expect(await receiver.waitForMetric('latency')).toMatchObject({
        unit: 's',
        kind: 'histogram',
        points: [
          {
            attributes: { outcome: 'deny' },
            count: 4,
            sum: 5.55,
            min: 0.05,
            max: 3,
            bounds: [0.1, 1],
            bucketCounts: [1, 1, 2],
          },
        ],
      });
      expect(await receiver.waitForMetric('size')).toMatchObject({
        kind: 'exponentialHistogram',
        points: [{ count: 3, sum: 7, min: 1, max: 4, zeroCount: 0, negative: { bucketCounts: [] } }],
      });

      const encoding = compression === 'gzip' ? 'gzip' : undefined;
      const contentType = 'application/x-protobuf';
      expect(receiver.requests).toMatchObject([
        { path: '/v1/traces', contentType, encoding, headers: { 'x-tenant': 'blue' }, status: 200 },
        { path: '/v1/metrics', contentType, encoding, status: 200 },
      ]);
      for (const { bytes } of receiver.requests) expect(bytes).toBeGreaterThan(100);
    },
    30_000,
  );

  test('answers with an empty message of the right type', async () => {
    const receiver = await start();
    const response = await post(receiver, '/v1/traces', traceBody);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-protobuf');
    expect(await response.text()).toBe('');
  });

  test('lets an exporter try again where it refuses, and keeps nothing of what it refused', async () => {
    const receiver = await start({
      respond: ({ attempt }) =>
        attempt === 1 ? { status: 503, headers: { 'retry-after': '0' } } : undefined,
    });
    await sendTelemetry(receiver, 'none');
    expect(receiver.requests.map(({ path, status }) => `${path} ${status}`)).toEqual([
      '/v1/traces 503',
      '/v1/traces 200',
      '/v1/metrics 503',
      '/v1/metrics 200',
    ]);
    expect(receiver.spans).toHaveLength(2);
    expect(receiver.metrics.filter(({ name }) => name === 'decisions')).toHaveLength(1);
  }, 30_000);

  test('counts attempts by path', async () => {
    const asked: string[] = [];
    const receiver = await start({
      respond({ path, attempt }) {
        asked.push(`${path} ${attempt}`);
        return { status: 202 };
      },
    });
    for (const path of ['/v1/traces', '/v1/metrics', '/v1/traces']) {
      expect((await post(receiver, path, new Uint8Array())).status).toBe(202);
    }
    expect(asked).toEqual(['/v1/traces 1', '/v1/metrics 1', '/v1/traces 2']);
  });

  test('can hold an answer back, having kept what it answers', async () => {
    const receiver = await start({ respond: () => ({ status: 200, delayMs: 3_600_000 }) });
    const abort = new AbortController();
    const answer = fetch(`${receiver.url}/v1/traces`, {
      method: 'POST',
      body: traceBody,
      headers: { 'content-type': 'application/x-protobuf' },
      signal: abort.signal,
    });
    const aborted = expect(answer).rejects.toThrow(/aborted/);
    await expect(receiver.waitForSpans(2)).resolves.toHaveLength(2);
    abort.abort();
    await aborted;
  });

  test('sends a held answer once its time is over', async () => {
    const receiver = await start({ respond: () => ({ status: 200, delayMs: 1 }) });
    expect((await post(receiver, '/v1/traces', traceBody)).status).toBe(200);
  });

  test.each([
    ['a body cut short', '/v1/traces', traceBody.slice(0, -3), {}, 400, /./],
    [
      'what is no protobuf',
      '/v1/metrics',
      Uint8Array.from(Buffer.from('{"resourceMetrics":[]}')),
      {},
      400,
      /./,
    ],
    ['what is no gzip', '/v1/traces', traceBody, { 'content-encoding': 'gzip' }, 400, /header/],
    [
      'a gzip cut short',
      '/v1/traces',
      gzipSync(traceBody).subarray(0, -9),
      { 'content-encoding': 'gzip' },
      400,
      /end/,
    ],
    ['an unlawful span', '/v1/traces', Uint8Array.of(10, 4, 18, 2, 18, 0), {}, 400, /trace_id must have 16/],
    ['another encoding', '/v1/traces', traceBody, { 'content-encoding': 'br' }, 415, /br/],
    ['another content type', '/v1/traces', traceBody, { 'content-type': 'application/json' }, 415, /json/],
    ['another path', '/v1/trace', traceBody, {}, 404, /\/v1\/trace$/],
  ])('refuses %s, and records that it did', async (_, path, body, headers, status, error) => {
    const receiver = await start();
    const response = await post(receiver, path, Uint8Array.from(body), headers);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/x-protobuf');
    expect(receiver.requests).toMatchObject([{ path, status, bytes: body.length }]);
    expect(receiver.requests[0]?.error).toMatch(error);
    // A google.rpc.Status: its message is the reason.
    expect(await response.text()).toContain(receiver.requests[0]?.error);
    expect(receiver.spans).toEqual([]);
    expect(receiver.metrics).toEqual([]);
  });

  test('refuses a GET', async () => {
    const receiver = await start();
    expect((await fetch(`${receiver.url}/v1/traces`)).status).toBe(405);
    expect(receiver.requests).toMatchObject([{ status: 405, bytes: 0 }]);
  });

  test('takes a gzip body', async () => {
    const receiver = await start();
    const body = Uint8Array.from(gzipSync(traceBody));
    expect((await post(receiver, '/v1/traces', body, { 'content-encoding': 'gzip' })).status).toBe(200);
    expect(receiver.spans).toHaveLength(2);
    expect(receiver.requests[0]?.bytes).toBe(body.length);
  });

  test('stops waiting after its bound, and says what was there', async () => {
    const receiver = await start({ waitMs: 50 });
    await post(receiver, '/v1/traces', traceBody);
    await expect(receiver.waitForSpans(3)).rejects.toThrow(/^no 3 spans within 50 ms; received: .*"bare"/);
    await expect(receiver.waitForMetric('m')).rejects.toThrow('no metric "m" within 50 ms');
    await expect(receiver.waitForRequests(2)).rejects.toThrow('no 2 requests within 50 ms');
  });

  test('waits for a metric that fits, and for requests that were refused', async () => {
    const receiver = await start();
    const gauge = (value: number) =>
      // metric "m" with one gauge point, whose only field is the integer `value`
      Uint8Array.of(10, 20, 18, 18, 18, 16, 10, 1, 109, 42, 11, 10, 9, 49, value, 0, 0, 0, 0, 0, 0, 0);
    const two = receiver.waitForMetric('m', ({ points }) => points[0]?.value === 2);
    const three = receiver.waitForRequests(3);
    await post(receiver, '/v1/metrics', gauge(1));
    await post(receiver, '/v1/metrics', gauge(2));
    await post(receiver, '/v1/metrics', Uint8Array.of(255));
    await expect(two).resolves.toMatchObject({ name: 'm', points: [{ value: 2 }] });
    await expect(three).resolves.toMatchObject([{ status: 200 }, { status: 200 }, { status: 400 }]);
  });

  test('fails what waits when the answer could not be decided', async () => {
    const receiver = await start({
      respond() {
        throw new Error('a fault in the test');
      },
    });
    const waiting = expect(receiver.waitForSpans(1)).rejects.toThrow('a fault in the test');
    await expect(post(receiver, '/v1/traces', traceBody)).rejects.toThrow();
    await waiting;
    await expect(receiver.waitForRequests(1)).rejects.toThrow('a fault in the test');
  });

  test('takes a port again after closing, and drops what was open', async () => {
    const first = await startOtlpReceiver({ respond: () => ({ status: 200, delayMs: 3_600_000 }) });
    const held = expect(post(first, '/v1/traces', traceBody)).rejects.toThrow();
    await first.waitForRequests(1);
    const waiting = expect(first.waitForSpans(99)).rejects.toThrow('the receiver was closed');
    await first.close();
    await held;
    await waiting;
    const second = await start({ port: first.port });
    expect(second.url).toBe(`http://127.0.0.1:${first.port}`);
    expect((await post(second, '/v1/traces', traceBody)).status).toBe(200);
    await expect(startOtlpReceiver({ port: first.port })).rejects.toThrow(/EADDRINUSE/);
  });
});
