import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { createMetricsHandler } from '../../src/http/metrics-handler.js';
import type { MetricsHandler } from '../../src/http/adapter.js';
import { startMetricsServer } from '../../src/http/metrics-server.js';
import { nodeMetrics } from '../../src/http/node.js';
import { gate, send, SHORT_TEXT } from './http-client.js';
import { failAt, failWhenLetGo, holdFrom, CHUNK, chunksSource, type ChunksSource } from './chunks-source.js';

jest.mock('node:timers', () => jest.requireActual('../support/global-timers.js'));

const GZIP = { 'accept-encoding': 'gzip' };
/** More than the sockets of both sides hold. */
const MANY = 400;

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  jest.useRealTimers();
  for (const server of opened.splice(0)) await server.close();
});

async function serve(handler: MetricsHandler): Promise<string> {
  const server = startMetricsServer({ host: '127.0.0.1', port: 0, path: '/metrics', handler });
  opened.push(server);
  return (await server.ready).url;
}

/** A server of the host's, with each answer as its other side sees it. */
async function serveWatched(source: ChunksSource) {
  const listener = nodeMetrics(createMetricsHandler(source));
  const answers: ServerResponse[] = [];
  const clientErrors = jest.fn();
  const server = createServer((request, response) => {
    answers.push(response);
    listener(request, response);
  });
  server.on('clientError', clientErrors).listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push({
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/metrics`, port, answers, clientErrors };
}

/** Asks, and takes the head of the answer alone. */
async function begin(url: string, headers = {}): Promise<IncomingMessage> {
  const sent = request(url, { agent: false, headers }).end();
  sent.on('error', () => undefined);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  return response;
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** All bytes of one request as they stand on the wire, until the server closes. */
async function raw(port: number, head: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`${head}\r\n\r\n`);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await closed(socket);
  return Buffer.concat(chunks).toString('latin1');
}

function closed(emitter: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => emitter.once('close', () => resolve()));
}

/** Resolves once all iterations of the source are over. */
async function over({ counts }: ChunksSource): Promise<void> {
  while (counts.over < counts.iterations) await new Promise((resolve) => setImmediate(resolve));
}

describe('a large page over HTTP', () => {
  it('comes in chunks, and the bytes are those of the text, plain and compressed', async () => {
    const source = chunksSource({ chunks: 10 });
    const url = await serve(createMetricsHandler(source));
    const plain = await send(url);
    expect(plain.headers).toMatchObject({ 'transfer-encoding': 'chunked' });
    expect(plain.headers).not.toHaveProperty('content-length');
    expect(plain.body.toString()).toBe(source.text);
    const compressed = await send(url, { headers: GZIP });
    expect(compressed.headers).toMatchObject({ 'transfer-encoding': 'chunked', 'content-encoding': 'gzip' });
    expect(gunzipSync(compressed.body).equals(plain.body)).toBe(true);
    expect(await (await fetch(url)).text()).toBe(source.text);
  });

  it('is sent on a connection that can be used again', async () => {
    const source = chunksSource({ chunks: 3 });
    const url = await serve(createMetricsHandler(source));
    const { port } = new URL(url);
    const twice = 'GET /metrics HTTP/1.1\r\n\r\nGET /health HTTP/1.1\r\nConnection: close';
    const answers = await raw(Number(port), twice);
    expect(answers.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(answers).toContain('\r\n0\r\n\r\nHTTP/1.1 200 OK');
  });

  it('has no length for HEAD, and no body', async () => {
    const held = holdFrom(5);
    const source = chunksSource({ chunks: MANY, before: held.before });
    const url = await serve(createMetricsHandler(source));
    const { status, headers, body } = await send(url, { method: 'HEAD', headers: GZIP });
    expect([status, body.length, headers['content-encoding']]).toEqual([200, 0, 'gzip']);
    expect(headers).not.toHaveProperty('content-length');
    held.letGo();
    await over(source);
    expect(source.counts.chunks).toBeLessThan(8);
  });

  it('is whole over HTTP/1.0, where nothing would show that it was broken off', async () => {
    const source = chunksSource({ chunks: 3 });
    const { port } = await serveWatched(source);
    const answer = await raw(port, 'GET /metrics HTTP/1.0');
    expect(answer).toContain(`Content-Length: ${Buffer.byteLength(source.text)}\r\n`);
    expect(answer).not.toContain('chunked');
  });

  it('answers 503 when it fails before its first chunk', async () => {
    const url = await serve(createMetricsHandler(chunksSource({ chunks: 3, before: failAt(0) })));
    const { status, body } = await send(url, { headers: GZIP });
    expect([status, body.toString()]).toEqual([503, 'metrics collection failed: broke off\n']);
  });
});

describe('a large page that fails on the way', () => {
  async function serveFailing() {
    const failing = failWhenLetGo(10);
    const watched = await serveWatched(chunksSource({ chunks: 20, before: failing.before }));
    return { ...watched, letGo: failing.letGo };
  }

  it.each([{}, GZIP])('is seen to be broken off by node:http, given %j', async (headers) => {
    const { url, letGo, clientErrors } = await serveFailing();
    const response = await begin(url, headers);
    letGo();
    await expect(bytesOf(response)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect([response.statusCode, response.complete]).toEqual([200, false]);
    expect(clientErrors).not.toHaveBeenCalled();
  });

  it('is seen to be broken off by fetch', async () => {
    const { url, letGo } = await serveFailing();
    const response = await fetch(url);
    letGo();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it.each(['', 'Accept-Encoding: gzip\r\n'])('has no last chunk on the wire, given %j', async (header) => {
    const { port, letGo } = await serveFailing();
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('error', () => undefined).on('data', (chunk) => chunks.push(chunk));
    socket.write(`GET /metrics HTTP/1.1\r\nHost: x\r\n${header}\r\n`);
    await once(socket, 'data');
    letGo();
    await closed(socket);
    const answer = Buffer.concat(chunks).toString('latin1');
    expect(answer).toContain('Transfer-Encoding: chunked');
    expect(answer).not.toMatch(/\r\n0\r\n\r\n$/);
  });

  it('leaves the server as it was', async () => {
    const url = await serve(createMetricsHandler(chunksSource({ chunks: 9, before: failAt(5) })));
    await expect(send(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await send(url.replace('/metrics', '/health'))).status).toBe(200);
  });
});

describe('scrapers of a large page at the same time', () => {
  it('share one page, asked for and made once', async () => {
    const held = holdFrom(2);
    const source = chunksSource({ chunks: 6, before: held.before });
    const { url, answers } = await serveWatched(source);
    const scrapes = Array.from({ length: 12 }, (_, index) => send(url, { headers: index % 2 ? GZIP : {} }));
    await held.asked;
    while (answers.length < scrapes.length) await new Promise((resolve) => setImmediate(resolve));
    held.letGo();
    for (const { headers, body } of await Promise.all(scrapes)) {
      const text = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      expect(text.toString()).toBe(source.text);
    }
    expect(source.opened).toHaveLength(1);
    expect(source.counts).toEqual({ iterations: 1, chunks: 6, over: 1 });
  });

  it('are not held up by one that reads nothing, and that one gets the page as well', async () => {
    const source = chunksSource({ chunks: MANY });
    const url = await serve(createMetricsHandler(source));
    const slow = await begin(url);
    expect((await send(url)).body.toString()).toBe(source.text);
    expect((await bytesOf(slow)).toString()).toBe(source.text);
  });

  it('are not disturbed by one that leaves', async () => {
    const held = holdFrom(5);
    const source = chunksSource({ chunks: 8, before: held.before });
    const url = await serve(createMetricsHandler(source));
    const staying = send(url, { headers: GZIP });
    const leaving = await begin(url);
    await held.asked;
    leaving.destroy();
    await closed(leaving);
    held.letGo();
    expect(gunzipSync((await staying).body).toString()).toBe(source.text);
    expect(source.counts).toEqual({ iterations: 1, chunks: 8, over: 1 });
  });
});

describe('a client of a large page', () => {
  it('that reads slowly holds one chunk in its socket, not the page', async () => {
    const source = chunksSource({ chunks: MANY });
    const { url, answers } = await serveWatched(source);
    const slow = await begin(url);
    await over(source);
    expect(source.counts.chunks).toBe(MANY);
    expect(answers[0]!.writableLength).toBeLessThan(3 * Buffer.byteLength(CHUNK));
    expect((await bytesOf(slow)).length).toBe(Buffer.byteLength(source.text));
  });

  it.each([{}, GZIP])('that has gone in the middle costs nothing more, given %j', async (headers) => {
    const held = holdFrom(10);
    const source = chunksSource({ chunks: MANY, before: held.before });
    const { url, answers } = await serveWatched(source);
    const gone = await begin(url, headers);
    await held.asked;
    const left = closed(answers[0]!);
    gone.destroy();
    await left;
    held.letGo();
    await over(source);
    expect(source.counts).toMatchObject({ iterations: 1, over: 1 });
    expect(source.counts.chunks).toBeLessThan(13);
  });

  it('that has gone before the answer costs nothing more', async () => {
    const held = holdFrom(0);
    const source = chunksSource({ chunks: MANY, before: held.before });
    const { url, answers } = await serveWatched(source);
    const sent = request(url, { agent: false }).end();
    sent.on('error', () => undefined);
    await held.asked;
    const left = closed(answers[0]!);
    sent.destroy();
    await left;
    held.letGo();
    await over(source);
    expect(source.counts.chunks).toBeLessThan(13);
  });

  it('that has not taken the page after a minute is cut off, and nothing is made for it', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
    const held = holdFrom(10);
    const source = chunksSource({ chunks: MANY, before: held.before });
    const url = await serve(createMetricsHandler(source));
    const slow = await begin(url);
    await held.asked;
    const cut = closed(slow.resume());
    jest.advanceTimersByTime(60_000);
    await cut;
    expect(slow.complete).toBe(false);
    held.letGo();
    await over(source);
    expect(source.counts.chunks).toBeLessThan(13);
  });

  it('may read on for a second while the server closes', async () => {
    const source = chunksSource({ chunks: 30 });
    const handler = createMetricsHandler(source);
    const server = startMetricsServer({ host: '127.0.0.1', port: 0, path: '/metrics', handler });
    const { url } = await server.ready;
    const response = await begin(url);
    const closing = server.close();
    expect((await bytesOf(response)).toString()).toBe(source.text);
    await closing;
  });
});

describe("a stream of the host's own", () => {
  const answering =
    (stream: AsyncIterable<Uint8Array>): MetricsHandler =>
    () =>
      Promise.resolve({ status: 200, headers: { 'Content-Type': 'text/plain' }, body: '', stream });

  it('may have no return()', async () => {
    let at = 0;
    const stream: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => (at++ < 3 ? { value: Buffer.from('x') } : { done: true, value: undefined }),
      }),
    };
    expect((await send(await serve(answering(stream)))).body.toString()).toBe('xxx');
  });

  it('may fail to be left', async () => {
    const left = gate();
    const stream: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise((resolve) => setImmediate(() => resolve({ value: Buffer.alloc(9_999) }))),
        return: () => {
          left.open();
          return Promise.reject(new Error('no'));
        },
      }),
    };
    const response = await begin(await serve(answering(stream)));
    response.destroy();
    await expect(left.promise).resolves.toBeUndefined();
  });

  it('is left when something else has begun the answer, or a header cannot be sent', async () => {
    const left = [gate(), gate()];
    const streams = left.map(({ open }): AsyncIterable<Uint8Array> => ({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new Error('must not be read')),
        return: () => {
          open();
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    }));
    const begun = nodeMetrics(answering(streams[0]!));
    const server = createServer((request, response) => {
      begun(request, response);
      response.end(SHORT_TEXT);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    opened.push(server);
    const { port } = server.address() as AddressInfo;
    expect((await send(`http://127.0.0.1:${port}`)).body.toString()).toBe(SHORT_TEXT);
    await left[0]!.promise;

    const url = await serve(() =>
      Promise.resolve({ status: 200, headers: { bad: 'a\nb' }, body: '', stream: streams[1]! }),
    );
    await expect(send(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(left[1]!.promise).resolves.toBeUndefined();
  });
});
