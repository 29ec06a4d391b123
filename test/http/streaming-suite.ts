import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';
import { createMetricsHandler } from '../../src/http/metrics-handler.js';
import type { MetricsHandler } from '../../src/http/adapter.js';
import { send } from './http-client.js';
import { failWhenLetGo, holdFrom, chunksSource } from './chunks-source.js';

const GZIP = { 'accept-encoding': 'gzip' };

/**
 * What every adapter does with a large page.
 *
 * @param serve - serves a handler by the framework, and gives the address of its page and what closes it
 */
export function describeStreaming(
  serve: (handler: MetricsHandler) => Promise<{ url: string; close: () => unknown }>,
): void {
  const opened: (() => unknown)[] = [];
  const start = async (handler: MetricsHandler): Promise<string> => {
    const { url, close } = await serve(handler);
    opened.push(close);
    return url;
  };

  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });

  it('streams a large page, plain and compressed', async () => {
    const source = chunksSource({ chunks: 10 });
    const url = await start(createMetricsHandler(source));
    const plain = await send(url);
    expect(plain.headers).toMatchObject({
      'transfer-encoding': 'chunked',
      'content-type': source.contentType(),
    });
    expect(plain.headers).not.toHaveProperty('content-length');
    expect(plain.body.toString()).toBe(source.text);
    const compressed = await send(url, { headers: GZIP });
    expect(compressed.headers).toMatchObject({ 'transfer-encoding': 'chunked', 'content-encoding': 'gzip' });
    expect(gunzipSync(compressed.body).equals(plain.body)).toBe(true);
  });

  it('answers HEAD to a large page without its length', async () => {
    const held = holdFrom(5);
    const source = chunksSource({ chunks: 400, before: held.before });
    const url = await start(createMetricsHandler(source));
    const { status, headers, body } = await send(url, { method: 'HEAD', headers: GZIP });
    expect([status, headers['content-encoding'], body.length]).toEqual([200, 'gzip', 0]);
    expect(headers).not.toHaveProperty('content-length');
    held.letGo();
    while (source.counts.over === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(source.counts.chunks).toBeLessThan(8);
  });

  it.each([{}, GZIP])('never lets a page that failed look complete, given %j', async (headers) => {
    const failing = failWhenLetGo(10);
    const url = await start(createMetricsHandler(chunksSource({ chunks: 20, before: failing.before })));
    const sent = request(url, { agent: false, headers }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    failing.letGo();
    await expect(response.toArray()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect([response.statusCode, response.complete]).toEqual([200, false]);
  });

  it('makes no more of a page whose client has gone', async () => {
    const held = holdFrom(10);
    const source = chunksSource({ chunks: 400, before: held.before });
    const url = await start(createMetricsHandler(source));
    const gone = request(url, { agent: false }).end();
    gone.on('error', () => undefined);
    const [response] = (await once(gone, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    await held.asked;
    response.destroy();
    await once(response, 'close');
    held.letGo();
    while (source.counts.over === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(source.counts.chunks).toBeLessThan(400);
  });
}
