import { gunzipSync } from 'node:zlib';
import { acceptsGzip } from '../../src/http/negotiation.js';
import { expressMetrics } from '../../src/http/express.js';
import { fastifyMetrics } from '../../src/http/fastify.js';
import { honoMetrics } from '../../src/http/hono.js';
import { createMetricsHandler } from '../../src/http/metrics-handler.js';
import type { MetricsHandlerSource } from '../../src/http/adapter.js';
import type { ExpositionSource } from '../../src/exposition/exposition-source.js';
import { nodeMetrics } from '../../src/http/node.js';
import { publicMessage } from '../../src/diagnostics/redaction.js';
import { createSharedGzip } from '../../src/http/compression.js';
import { CONTENT_TYPE, gate, LONG_TEXT, SHORT_TEXT, sourceOf } from './http-client.js';

const get = (headers: Record<string, string | string[]> = {}) => ({ method: 'GET', headers });
const head = (headers: Record<string, string | string[]> = {}) => ({ method: 'HEAD', headers });

describe('a scrape of a metrics handler', () => {
  it('answers the exposition with its type, its length in bytes, and no leave to store it', async () => {
    const response = await createMetricsHandler(sourceOf(SHORT_TEXT))(get());
    expect(response).toEqual({
      status: 200,
      headers: {
        'Content-Type': CONTENT_TYPE,
        'Content-Length': String(Buffer.byteLength(SHORT_TEXT)),
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        Vary: 'Accept-Encoding',
      },
      body: SHORT_TEXT,
    });
  });

  it('compresses a long text for a client that admits gzip', async () => {
    const response = await createMetricsHandler(sourceOf(LONG_TEXT))(get({ 'accept-encoding': 'gzip' }));
    expect(response.headers).toMatchObject({ 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' });
    expect(response.headers['Content-Length']).toBe(String(response.body.length));
    expect(gunzipSync(response.body).toString()).toBe(LONG_TEXT);
  });

  it('sends a short text as it is, whatever the client admits', async () => {
    const response = await createMetricsHandler(sourceOf(SHORT_TEXT))(get({ 'accept-encoding': 'gzip' }));
    expect(response.headers).not.toHaveProperty('Content-Encoding');
    expect(response.body).toBe(SHORT_TEXT);
  });

  it('sends the text uncompressed, and tells onError, when gzip fails', async () => {
    const onError = jest.fn();
    await jest.isolateModulesAsync(async () => {
      const gzip = (_text: string, _settings: object, done: (error: Error) => void): void =>
        done(new Error('no memory'));
      jest.doMock('../../src/common/late-modules.js', () => ({ nodeZlib: () => ({ gzip }) }));
      const isolated = await import('../../src/http/metrics-handler.js');
      const handler = isolated.createMetricsHandler(sourceOf(LONG_TEXT), { onError });
      for (let scrape = 0; scrape < 2; scrape++) {
        const response = await handler(get({ 'accept-encoding': 'gzip' }));
        expect(response).toMatchObject({ status: 200, body: LONG_TEXT });
        expect(response.headers).not.toHaveProperty('Content-Encoding');
        expect(response.headers['Content-Length']).toBe(String(Buffer.byteLength(LONG_TEXT)));
      }
    });
    jest.dontMock('../../src/common/late-modules.js');
    expect(onError.mock.calls.map(([error]) => (error as Error).message)).toEqual(['no memory', 'no memory']);
  });

  it('shares the bytes of a compression with the scrapes beside it', async () => {
    const handler = createMetricsHandler(sourceOf(LONG_TEXT));
    const scrape = () => handler(get({ 'accept-encoding': 'gzip' }));
    const [first, second] = await Promise.all([scrape(), scrape()]);
    expect(second.body).toBe(first.body);
  });

  it.each([
    ['plain', {}],
    ['compressed', { 'accept-encoding': 'gzip' }],
  ])('answers HEAD with the %s headers of GET and no body', async (_, headers) => {
    const handler = createMetricsHandler(sourceOf(LONG_TEXT));
    const [ofGet, ofHead] = await Promise.all([handler(get(headers)), handler(head(headers))]);
    expect(ofHead.headers).toEqual(ofGet.headers);
    expect(ofHead.body).toBe('');
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'get', ''])('refuses method %p', async (method) => {
    const source = sourceOf(SHORT_TEXT);
    const collect = jest.spyOn(source, 'export');
    const response = await createMetricsHandler(source)({ method, headers: {} });
    expect(response.status).toBe(405);
    expect(response.headers['Allow']).toBe('GET, HEAD');
    expect(response.headers['Content-Length']).toBe(String(response.body.length));
    expect(collect).not.toHaveBeenCalled();
  });
});

describe('a failed collection', () => {
  const failures: [string, ExpositionSource, string][] = [
    ['rejects', sourceOf(() => Promise.reject(new Error('timed out'))), 'timed out'],
    ['throws', sourceOf(() => throwing('broken')), 'broken'],
    ['rejects with nothing', sourceOf(() => Promise.reject(undefined)), 'unknown error'],
    [
      'gives no text',
      sourceOf(() => Promise.resolve(7 as unknown as string)),
      'the exposition is not a string',
    ],
    ['has no type', { ...sourceOf(SHORT_TEXT), contentType: () => throwing('no type') }, 'no type'],
  ];

  it.each(failures)('answers 503 when the source %s', async (_, source, message) => {
    const onError = jest.fn();
    const response = await createMetricsHandler(source, { onError })(get({ 'accept-encoding': 'gzip' }));
    expect(response.status).toBe(503);
    expect(response.headers['Content-Type']).toBe('text/plain; charset=utf-8');
    expect(response.headers['Cache-Control']).toBe('no-store');
    expect(response.body).toBe(`metrics collection failed: ${message}\n`);
    expect(onError).toHaveBeenCalledTimes(1);
  });

  it('answers HEAD with the length GET would have', async () => {
    const handler = createMetricsHandler(sourceOf(() => Promise.reject(new Error('größer'))));
    const response = await handler(head());
    expect(response).toMatchObject({ status: 503, body: '' });
    expect(response.headers['Content-Length']).toBe(
      String(Buffer.byteLength('metrics collection failed: größer\n')),
    );
  });

  it('recovers with the source', async () => {
    let failing = true;
    const handler = createMetricsHandler(
      sourceOf(() => (failing ? Promise.reject(new Error('not yet')) : Promise.resolve(SHORT_TEXT))),
    );
    expect((await handler(get())).status).toBe(503);
    failing = false;
    expect((await handler(get())).status).toBe(200);
  });
});

describe('the message shown for an error', () => {
  const stranger: { message: string } = Object.defineProperty(new Error(), 'message', {
    get: () => throwing('hostile'),
  });

  it.each<[string, unknown, string]>([
    ['keeps the first line only', new Error('first\n    at secret (file.ts:1)'), 'first'],
    ['takes a string', 'plain', 'plain'],
    ['ignores other values', { password: 'x' }, 'unknown error'],
    ['survives a hostile error', stranger, 'unknown error'],
    ['drops control characters', new Error('a\u0007b\u001b[31m'), 'a b [31m'],
    [
      'hides user and password of a URL',
      new Error('GET https://me:pw@host/x failed'),
      'GET https://***@host/x failed',
    ],
    ['hides a bearer token', new Error('sent Bearer abc.def-1'), 'sent Bearer ***'],
    ['hides a key', new Error('OTEL_API_KEY=abc, region=eu'), 'OTEL_API_KEY=***, region=eu'],
    ['hides a quoted secret', new Error('{"clientSecret": "a b"}'), '{"clientSecret": ***}'],
    ['is short', new Error('x'.repeat(9999)), 'x'.repeat(200)],
  ])('%s', (_, error, shown) => {
    expect(publicMessage(error)).toBe(shown);
  });
});

describe('Accept-Encoding', () => {
  it.each<[string | string[] | undefined, boolean]>([
    [undefined, false],
    ['', false],
    ['gzip', true],
    ['GZip', true],
    ['x-gzip', true],
    ['deflate, gzip;q=1.0, *;q=0.5', true],
    ['br', false],
    ['*', true],
    ['*;q=0', false],
    ['gzip;q=0', false],
    ['gzip;q=0.000', false],
    ['gzip ; Q=0', false],
    ['gzip;q=0, *', false],
    ['gzip, *;q=0', true],
    ['gzip;q=0.001', true],
    ['gzip;level=9', true],
    ['gzip;q=1.5', false],
    ['gzip;q=much', false],
    ['gzip;q', false],
    ['identity, gzip;q=0.5', false],
    ['identity;q=0.5, gzip', true],
    ['gzipped', false],
    [['br', 'gzip'], true],
    [',,;;,', false],
  ])('%p admits gzip: %p', (header, admitted) => {
    expect(acceptsGzip(header)).toBe(admitted);
  });
});

describe('the compression of a page', () => {
  it('is shared by scrapes of the same text', async () => {
    const gzip = createSharedGzip();
    const [first, second] = await Promise.all([gzip(LONG_TEXT), gzip(LONG_TEXT)]);
    expect(second).toBe(first);
  });

  it('is done anew for another text, also while one is under way', async () => {
    const gzip = createSharedGzip();
    const other = LONG_TEXT.replaceAll('1', '2');
    const [first, second] = await Promise.all([gzip(LONG_TEXT), gzip(other)]);
    expect(gunzipSync(first).toString()).toBe(LONG_TEXT);
    expect(gunzipSync(second).toString()).toBe(other);
  });
});

describe('the callbacks of a metrics handler', () => {
  it('are told status and seconds of each scrape', async () => {
    const onScrape = jest.fn();
    const times = [1_000, 1_250];
    const now = () => times.shift() ?? 0;
    await createMetricsHandler(sourceOf(SHORT_TEXT), { onScrape, now })(get());
    expect(onScrape.mock.calls).toEqual([[{ status: 200, durationSeconds: 0.25 }]]);
  });

  it('hear of a failed scrape, and nothing of a refused method', async () => {
    const onScrape = jest.fn();
    const handler = createMetricsHandler(
      sourceOf(() => Promise.reject(new Error('no'))),
      { onScrape },
    );
    await handler({ method: 'POST', headers: {} });
    await handler(get());
    expect(onScrape.mock.calls).toEqual([[{ status: 503, durationSeconds: expect.any(Number) }]]);
  });

  it('cannot fail a scrape by throwing', async () => {
    const options = {
      onScrape: () => throwing('scrape'),
      now: () => throwing('clock'),
      onError: () => throwing('error'),
    };
    await expect(createMetricsHandler(sourceOf(SHORT_TEXT), options)(get())).resolves.toMatchObject({
      status: 200,
    });
  });

  it('cannot fail the process by rejecting', async () => {
    const reported = gate<unknown>();
    const onScrape = (() => Promise.reject(new Error('async'))) as () => void;
    await createMetricsHandler(sourceOf(SHORT_TEXT), { onScrape, onError: reported.open })(get());
    await expect(reported.promise).resolves.toMatchObject({ message: 'async' });
  });

  it('give zero seconds for a clock that fails or runs backwards', async () => {
    const onScrape = jest.fn();
    const onError = jest.fn();
    await createMetricsHandler(sourceOf(SHORT_TEXT), { onScrape, onError, now: () => throwing('clock') })(
      get(),
    );
    const times = [2_000, 1_000];
    await createMetricsHandler(sourceOf(SHORT_TEXT), { onScrape, now: () => times.shift() ?? 0 })(get());
    expect(onScrape.mock.calls.map(([outcome]) => outcome.durationSeconds)).toEqual([0, 0]);
    expect(onError).toHaveBeenCalledTimes(2);
  });
});

describe('a metrics adapter', () => {
  it.each([
    ['nodeMetrics', nodeMetrics],
    ['expressMetrics', expressMetrics],
    ['fastifyMetrics', fastifyMetrics],
    ['honoMetrics', honoMetrics],
  ])('%s refuses, when the route is declared, what carries no handler', (_, adapter) => {
    const wrong = [undefined, null, {}, 'handler'] as unknown as MetricsHandlerSource[];
    for (const source of wrong) {
      expect(() => adapter(source)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
    }
  });
});

function throwing(message: string): never {
  throw new Error(message);
}
