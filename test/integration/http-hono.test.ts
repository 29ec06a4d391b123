import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { honoMetrics } from '../../src/http/hono.js';
import { createMetricsHandler } from '../../src/http/metrics-handler.js';
import { CONTENT_TYPE, LONG_TEXT, send, sourceOf } from '../http/http-client.js';
import { holdFrom, chunksSource } from '../http/chunks-source.js';
import { describeStreaming } from '../http/streaming-suite.js';

const obs = { metricsHandler: createMetricsHandler(sourceOf(LONG_TEXT)) };
const failing = createMetricsHandler(sourceOf(() => Promise.reject(new Error('timed out'))));

const app = new Hono<{ Variables: { user: string } }>();
app.get('/metrics', honoMetrics(obs));
app.all('/any', honoMetrics(obs.metricsHandler));
app.get('/failing', honoMetrics(failing));
app.get('/other', (context) => context.text('other'));

const gzip = { 'accept-encoding': 'gzip' };

describe('honoMetrics in Hono 4', () => {
  it.each(['/metrics', '/metrics?x=1', '/any'])('answers %s with the exposition', async (path) => {
    const response = await app.request(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(CONTENT_TYPE);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe(LONG_TEXT);
  });

  it('compresses on request, with the right length', async () => {
    const response = await app.request('/metrics', { headers: gzip });
    const body = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(response.headers.get('content-length')).toBe(String(body.length));
    expect(gunzipSync(body).toString()).toBe(LONG_TEXT);
  });

  it.each([{}, gzip])(
    'answers HEAD like GET without a body, given %p',
    async (headers: Record<string, string>) => {
      const ofGet = await app.request('/metrics', { headers });
      const ofHead = await app.request('/metrics', { headers, method: 'HEAD' });
      expect([...ofHead.headers]).toEqual([...ofGet.headers]);
      expect(ofHead.body).toBeNull();
    },
  );

  it('answers 405 where the route takes every method', async () => {
    const response = await app.request('/any', { method: 'POST', body: 'x' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('answers 503 for a failed collection', async () => {
    const response = await app.request('/failing');
    expect([response.status, await response.text()]).toEqual([503, 'metrics collection failed: timed out\n']);
  });

  it('leaves the other routes alone', async () => {
    expect(await (await app.request('/other')).text()).toBe('other');
  });

  it('takes a fetch request without Hono', async () => {
    const handle = honoMetrics(obs);
    const response = await handle(new Request('http://[::1]/metrics'));
    expect(await response.text()).toBe(LONG_TEXT);
    expect((await handle(new Request('http://[::1]/metrics', { method: 'DELETE' }))).status).toBe(405);
  });
});

describe('honoMetrics on @hono/node-server', () => {
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    server = createAdaptorServer({ fetch: app.fetch }) as Server;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it('answers the exposition, plain and compressed', async () => {
    const plain = await send(`${origin}/metrics`);
    expect(plain.headers['content-length']).toBe(String(Buffer.byteLength(LONG_TEXT)));
    expect(plain.body.toString()).toBe(LONG_TEXT);
    const { headers, body } = await send(`${origin}/metrics`, { headers: gzip });
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'content-length': String(body.length) });
    expect(gunzipSync(body).toString()).toBe(LONG_TEXT);
    expect(await (await fetch(`${origin}/metrics`)).text()).toBe(LONG_TEXT);
  });

  it.each([{}, gzip])('answers HEAD like GET without a body, given %p', async (headers) => {
    const ofGet = await send(`${origin}/metrics`, { headers });
    const ofHead = await send(`${origin}/metrics`, { headers, method: 'HEAD' });
    expect({ ...ofHead.headers, date: '' }).toEqual({ ...ofGet.headers, date: '' });
    expect(ofHead.headers['content-length']).toBe(String(ofGet.body.length));
    expect(ofHead.body).toHaveLength(0);
  });

  it('answers 405 and 503', async () => {
    expect((await send(`${origin}/any`, { method: 'POST', body: 'x' })).status).toBe(405);
    expect((await send(`${origin}/failing`)).status).toBe(503);
  });
});

describe('honoMetrics and a large page', () => {
  // Where @hono/node-server tells of a stream that failed.
  beforeEach(() => void jest.spyOn(console, 'error').mockImplementation());

  describeStreaming(async (handler) => {
    const streaming = new Hono();
    streaming.get('/metrics', honoMetrics(handler));
    const server = createAdaptorServer({ fetch: streaming.fetch }) as Server;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const close = (): void => {
      server.close();
      server.closeAllConnections();
    };
    return { url: `http://127.0.0.1:${port}/metrics`, close };
  });

  it('is left when the body of its fetch response is cancelled', async () => {
    const held = holdFrom(3);
    const source = chunksSource({ chunks: 100, before: held.before });
    const response = await honoMetrics(createMetricsHandler(source))(new Request('http://[::1]/metrics'));
    await held.asked;
    await response.body?.cancel();
    held.letGo();
    while (source.counts.over === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(source.counts.chunks).toBeLessThan(10);
  });

  it('is whole over HTTP/1.0', async () => {
    const source = chunksSource({ chunks: 3 });
    const old = new Hono<{ Bindings: { incoming: { httpVersion: string } } }>();
    old.get('/metrics', honoMetrics(createMetricsHandler(source)));
    const response = await old.request('/metrics', {}, { incoming: { httpVersion: '1.0' } });
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(source.text)));
    expect(await response.text()).toBe(source.text);
  });
});
