import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import express from 'express';
import { expressMetrics } from '../../src/http/express.js';
import { createMetricsHandler } from '../../src/http/metrics-handler.js';
import { CONTENT_TYPE, LONG_TEXT, send, sourceOf } from '../http/http-client.js';
import { describeStreaming } from '../http/streaming-suite.js';

describe('expressMetrics in Express 5', () => {
  const obs = { metricsHandler: createMetricsHandler(sourceOf(LONG_TEXT)) };
  const failing = createMetricsHandler(sourceOf(() => Promise.reject(new Error('timed out'))));
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    const app = express();
    app.get('/metrics', expressMetrics(obs));
    app.all('/any', expressMetrics(obs));
    app.use('/below', expressMetrics(obs.metricsHandler));
    app.get('/failing', expressMetrics(failing));
    app.get('/other', (_request, response) => void response.send('other'));
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it.each(['/metrics', '/metrics?x=1', '/any', '/below'])('answers %s with the exposition', async (path) => {
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

  it.each([{}, { 'accept-encoding': 'gzip' }])(
    'answers HEAD like GET without a body, given %p',
    async (headers) => {
      const ofGet = await send(`${origin}/metrics`, { headers });
      const ofHead = await send(`${origin}/metrics`, { headers, method: 'HEAD' });
      expect({ ...ofHead.headers, date: '' }).toEqual({ ...ofGet.headers, date: '' });
      expect(ofHead.headers['content-length']).toBe(String(ofGet.body.length));
      expect(ofHead.body).toHaveLength(0);
    },
  );

  it('answers 405 where the route takes every method', async () => {
    const { status, headers } = await send(`${origin}/any`, { method: 'POST', body: 'x' });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  it('answers 503 for a failed collection', async () => {
    const { status, body } = await send(`${origin}/failing`);
    expect([status, body.toString()]).toEqual([503, 'metrics collection failed: timed out\n']);
  });

  it('leaves the other routes alone', async () => {
    expect((await send(`${origin}/other`)).body.toString()).toBe('other');
  });
});

describe('expressMetrics and a large page', () => {
  describeStreaming(async (handler) => {
    const app = express();
    app.get('/metrics', expressMetrics(handler));
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const close = (): void => {
      server.close();
      server.closeAllConnections();
    };
    return { url: `http://127.0.0.1:${port}/metrics`, close };
  });
});
