import { gunzipSync } from 'node:zlib';
import { fastify, type FastifyInstance } from 'fastify';
import { fastifyMetrics } from '../../src/http/fastify.js';
import { createMetricsHandler } from '../../src/http/metrics-handler.js';
import { CONTENT_TYPE, LONG_TEXT, send, sourceOf } from '../http/http-client.js';
import { describeStreaming } from '../http/streaming-suite.js';

describe('fastifyMetrics in Fastify 5', () => {
  const obs = { metricsHandler: createMetricsHandler(sourceOf(LONG_TEXT)) };
  const failing = createMetricsHandler(sourceOf(() => Promise.reject(new Error('timed out'))));
  let app: FastifyInstance;
  let origin: string;

  beforeAll(async () => {
    app = fastify({ forceCloseConnections: true });
    app.get('/metrics', fastifyMetrics(obs));
    app.route({ method: ['GET', 'HEAD', 'POST'], url: '/any', handler: fastifyMetrics(obs.metricsHandler) });
    app.get('/failing', fastifyMetrics(failing));
    app.get('/other', () => ({ other: true }));
    origin = await app.listen({ host: '127.0.0.1', port: 0 });
  });

  afterAll(() => app.close());

  it.each(['/metrics', '/metrics?x=1', '/any'])('answers %s with the exposition', async (path) => {
    const response = await fetch(origin + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(CONTENT_TYPE);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe(LONG_TEXT);
  });

  it('compresses on request, with the right length', async () => {
    const { headers, body } = await send(`${origin}/metrics`, { headers: { 'accept-encoding': 'gzip' } });
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'content-length': String(body.length) });
    expect(gunzipSync(body).toString()).toBe(LONG_TEXT);
  });

  it.each([
    ['/metrics', {}],
    ['/metrics', { 'accept-encoding': 'gzip' }],
    ['/any', {}],
    ['/any', { 'accept-encoding': 'gzip' }],
    ['/failing', {}],
  ])('answers HEAD %s like GET without a body, given %p', async (path, headers) => {
    const ofGet = await send(origin + path, { headers });
    const ofHead = await send(origin + path, { headers, method: 'HEAD' });
    expect(ofHead.status).toBe(ofGet.status);
    expect({ ...ofHead.headers, date: '' }).toEqual({ ...ofGet.headers, date: '' });
    expect(ofHead.headers['content-length']).toBe(String(ofGet.body.length));
    expect(ofHead.body).toHaveLength(0);
  });

  it('answers 405 where the route takes other methods', async () => {
    const { status, headers } = await send(`${origin}/any`, { method: 'POST' });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  it('answers 503 for a failed collection', async () => {
    const { status, body } = await send(`${origin}/failing`);
    expect([status, body.toString()]).toEqual([503, 'metrics collection failed: timed out\n']);
  });

  it('leaves the other routes alone', async () => {
    expect((await send(`${origin}/other`)).body.toString()).toBe('{"other":true}');
  });

  it('is a handler for applications with HTTP/2 or a logger of their own, too', () => {
    const secure = fastify({ http2: true });
    secure.get('/metrics', fastifyMetrics(obs));
    const log = { ...console, fatal: console.error, silent: () => undefined, level: 'silent', own: true };
    const logging = fastify({
      loggerInstance: { ...log, child: () => ({ ...log, child: () => log as never }) },
    });
    logging.get('/metrics', fastifyMetrics(obs));
    expect([secure.hasRoute({ method: 'GET', url: '/metrics' })]).toEqual([true]);
    expect([logging.hasRoute({ method: 'HEAD', url: '/metrics' })]).toEqual([true]);
  });
});

describe.each([
  ['its own HEAD route', ['GET']],
  ['HEAD on the same route', ['GET', 'HEAD']],
])('fastifyMetrics and a large page, with %s', (_, method) => {
  describeStreaming(async (handler) => {
    const app = fastify({ forceCloseConnections: true });
    app.route({ method, url: '/metrics', handler: fastifyMetrics(handler) });
    const origin = await app.listen({ host: '127.0.0.1', port: 0 });
    return { url: `${origin}/metrics`, close: () => app.close() };
  });
});
