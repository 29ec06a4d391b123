import { execFile } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, request, Server, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { listenError, requestPath } from '../../src/http/server-address.js';
import { createMetricsHandler } from '../../src/http/metrics-handler.js';
import type { MetricsHandler } from '../../src/http/adapter.js';
import {
  startMetricsServer,
  type MetricsServer,
  type MetricsServerOptions,
} from '../../src/http/metrics-server.js';
import { nodeMetrics } from '../../src/http/node.js';
import { connectTo, gate, LONG_TEXT, send, SHORT_TEXT, sourceOf } from './http-client.js';

jest.mock('node:timers', () => jest.requireActual('../support/global-timers.js'));

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  jest.useRealTimers();
  for (const server of opened.splice(0)) await server.close();
});

const shortText = createMetricsHandler(sourceOf(SHORT_TEXT));

function start(options: Partial<MetricsServerOptions> = {}): MetricsServer {
  const server = startMetricsServer({
    host: '127.0.0.1',
    port: 0,
    path: '/metrics',
    handler: shortText,
    ...options,
  });
  opened.push(server);
  return server;
}

async function startAt(options: Partial<MetricsServerOptions> = {}) {
  const server = start(options);
  const { url, port } = await server.ready;
  return { server, url, port, origin: new URL(url).origin };
}

/** A server of the host's, listening on loopback and closed after the test. */
async function hostServer(server: Server = createServer()): Promise<{ server: Server; origin: string }> {
  opened.push({ close: () => server.close() });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A handler that answers when told to, and tells when it was asked. */
function heldHandler(text = SHORT_TEXT) {
  const asked = gate();
  const allowed = gate();
  const handler = createMetricsHandler(
    sourceOf(() => {
      asked.open();
      return allowed.promise.then(() => text);
    }),
  );
  return { handler, asked: asked.promise, allow: () => allowed.open() };
}

/** Time passes only by advanceTimersByTime; sockets and promises go on. */
function freezeTimeouts(): void {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
}

/** Resolves at 'close', an error before it or not. */
function closed(emitter: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => emitter.once('close', () => resolve()));
}

/** The code of the error that a connection attempt ends with. */
async function connectError(port: number): Promise<string | undefined> {
  const [error] = (await once(connect(port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
  return error.code;
}

describe('the metrics server', () => {
  it.each(['', '?x=1', '?', '?a/health'])('serves the metrics at its path followed by %p', async (query) => {
    const { url } = await startAt();
    const response = await fetch(url + query);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(SHORT_TEXT);
  });

  it('serves them at another path', async () => {
    const { url, origin } = await startAt({ path: '/internal/metrics' });
    expect(url).toBe(`${origin}/internal/metrics`);
    expect((await send(url)).status).toBe(200);
    expect((await send(`${origin}/metrics`)).status).toBe(404);
  });

  it('compresses for a client that asks, and a fetch client reads the text', async () => {
    const { url } = await startAt({ handler: createMetricsHandler(sourceOf(LONG_TEXT)) });
    const raw = await send(url, { headers: { 'accept-encoding': 'gzip' } });
    expect(raw.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-length': String(raw.body.length),
    });
    expect(gunzipSync(raw.body).toString()).toBe(LONG_TEXT);
    expect(await (await fetch(url)).text()).toBe(LONG_TEXT);
    expect((await send(url)).body.toString()).toBe(LONG_TEXT);
  });

  it.each(['/metrics', '/health', '/ready', '/missing'])(
    'answers HEAD %s with the headers of GET',
    async (path) => {
      const { origin } = await startAt();
      const ofGet = await send(origin + path);
      const ofHead = await send(origin + path, { method: 'HEAD' });
      expect(ofHead.status).toBe(ofGet.status);
      expect(ofHead.headers['content-length']).toBe(String(ofGet.body.length));
      expect(ofHead.body.length).toBe(0);
    },
  );

  it.each(['/metrics', '/health', '/ready'])('refuses POST %s, and does not keep its body', async (path) => {
    const { origin } = await startAt();
    const response = await send(origin + path, { method: 'POST', body: 'x'.repeat(200_000) });
    expect(response.status).toBe(405);
    expect(response.headers.allow).toBe('GET, HEAD');
  });

  it('answers 503 to a scrape whose collection failed', async () => {
    const handler = createMetricsHandler(sourceOf(() => Promise.reject(new Error('timed out after 5 s'))));
    const { url } = await startAt({ handler });
    const response = await send(url);
    expect(response.status).toBe(503);
    expect(response.body.toString()).toBe('metrics collection failed: timed out after 5 s\n');
  });

  it('answers 500 for a handler of the host that rejects', async () => {
    const { url } = await startAt({ handler: () => Promise.reject(new Error('secret')) });
    const response = await send(url);
    expect(response.status).toBe(500);
    expect(response.body.toString()).toBe('internal error\n');
  });

  it('closes the connection on a header that HTTP cannot carry', async () => {
    const handler: MetricsHandler = () =>
      Promise.resolve({ status: 200, headers: { 'X-Bad': 'a\nb' }, body: '' });
    const { url, origin } = await startAt({ handler });
    await expect(send(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await send(`${origin}/health`)).status).toBe(200);
  });

  it('is healthy while it answers at all', async () => {
    const { origin } = await startAt({ isReady: () => false });
    const response = await fetch(`${origin}/health`);
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('is ready once the host says so', async () => {
    let ready = false;
    const { origin } = await startAt({ isReady: () => ready });
    const before = await fetch(`${origin}/ready`);
    expect([before.status, await before.json()]).toEqual([503, { status: 'not ready' }]);
    ready = true;
    const after = await fetch(`${origin}/ready`);
    expect([after.status, await after.json()]).toEqual([200, { status: 'ready' }]);
  });

  it('is ready by itself, and not when asking the host throws', async () => {
    const { origin } = await startAt();
    expect((await send(`${origin}/ready`)).status).toBe(200);
    const failing = await startAt({
      isReady: () => {
        throw new Error('no');
      },
    });
    expect((await send(`${failing.origin}/ready`)).status).toBe(503);
  });

  it.each(['/', '/metrics/', '/metric', '/health/x', '//metrics'])(
    'answers 404 to %s and names its pages',
    async (path) => {
      const { port } = await startAt({ path: '/metrics' });
      const response = await send(`http://127.0.0.1:${port}`, { path });
      expect(response.status).toBe(404);
      expect(response.body.toString()).toBe('not found: this server answers /metrics, /health, /ready\n');
    },
  );

  it.each([
    [undefined, '/'],
    ['', '/'],
    ['/metrics?x=http://y/z', '/metrics'],
    ['/metrics#part', '/metrics'],
    ['http://[::1]:9464/metrics?x', '/metrics'],
    ['http://host', '/'],
    ['http://host?x', '/'],
    ['*', '*'],
  ])('reads the path in request target %p as %p', (target, path) => {
    expect(requestPath(target)).toBe(path);
  });

  it('shares one collection among concurrent scrapes as its source does, and answers each', async () => {
    const held = heldHandler(LONG_TEXT);
    const { url } = await startAt({ handler: held.handler });
    const scrapes = Array.from({ length: 20 }, () => send(url, { headers: { 'accept-encoding': 'gzip' } }));
    await held.asked;
    held.allow();
    for (const { status, body } of await Promise.all(scrapes)) {
      expect(status).toBe(200);
      expect(gunzipSync(body).toString()).toBe(LONG_TEXT);
    }
  });
});

describe('clients of the metrics server', () => {
  it('may leave in the middle of a scrape', async () => {
    const held = heldHandler();
    const { url, origin } = await startAt({ handler: held.handler });
    const leaving = request(url, { agent: false });
    leaving.on('error', () => undefined).end();
    await held.asked;
    leaving.destroy();
    await closed(leaving);
    held.allow();
    expect((await send(`${origin}/health`)).status).toBe(200);
    expect((await send(url)).status).toBe(200);
  });

  it('may leave in the middle of an answer', async () => {
    const { url } = await startAt({ handler: createMetricsHandler(sourceOf(LONG_TEXT.repeat(2_000))) });
    const leaving = request(url, { agent: false }).end();
    const [response] = (await once(leaving, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    response.destroy();
    await closed(response);
    expect((await send(url)).status).toBe(200);
  });

  it('need no Host header', async () => {
    const { port } = await startAt();
    const socket = await connectTo(port);
    socket.end('GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n');
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(data.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('cannot send more than 8 KiB of headers', async () => {
    const { url } = await startAt();
    const response = await send(url, { headers: { 'x-large': 'x'.repeat(9_000) } });
    expect(response.status).toBe(431);
  });

  it('cannot take longer than a minute over one answer', async () => {
    freezeTimeouts();
    const held = heldHandler();
    const { url } = await startAt({ handler: held.handler });
    const scrape = send(url);
    await held.asked;
    jest.advanceTimersByTime(60_000);
    await expect(scrape).rejects.toMatchObject({ code: 'ECONNRESET' });
    held.allow();
  });

  it('may keep a connection whose answers came in time', async () => {
    freezeTimeouts();
    const { port } = await startAt();
    const client = await connectTo(port);
    for (let scrape = 0; scrape < 3; scrape++) {
      client.write('GET /metrics HTTP/1.1\r\n\r\n');
      expect(String(await once(client, 'data'))).toContain(SHORT_TEXT);
      jest.advanceTimersByTime(60_000);
    }
    client.destroy();
  });
});

describe('the address of the metrics server', () => {
  it('is a free port for port 0, never the same one twice', async () => {
    const [first, second] = await Promise.all([startAt(), startAt()]);
    expect(first.port).toBeGreaterThan(0);
    expect(second.port).not.toBe(first.port);
    expect(await first.server.ready).toEqual({
      host: '127.0.0.1',
      port: first.port,
      url: `http://127.0.0.1:${first.port}/metrics`,
    });
  });

  it.each(['::1', '[::1]'])('may be IPv6, written %s', async (host) => {
    const server = start({ host });
    const address = await server.ready.catch((error: NodeJS.ErrnoException) => error);
    if (address instanceof Error) {
      // This machine has no IPv6 loopback: then that must be the reason, and be said.
      expect(['EADDRNOTAVAIL', 'EAFNOSUPPORT']).toContain(address.code);
      expect(address.message).toContain('host [::1]');
      return;
    }
    expect(address.url).toBe(`http://[::1]:${address.port}/metrics`);
    expect((await fetch(address.url)).status).toBe(200);
    expect((await send(address.url)).body.toString()).toBe(SHORT_TEXT);
  });

  it('may be a host name', async () => {
    const { url } = await startAt({ host: 'localhost' });
    expect((await send(url)).status).toBe(200);
  });

  it('when taken, rejects with host, port and remedy, and leaves the first server alone', async () => {
    const { port, url } = await startAt();
    const second = start({ port });
    await expect(second.ready).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: expect.stringMatching(
        new RegExp(`host 127\\.0\\.0\\.1, port ${port}: the port is taken\\. .*another port`),
      ),
      cause: expect.objectContaining({ code: 'EADDRINUSE' }),
    });
    await expect(second.close()).resolves.toBeUndefined();
    expect((await send(url)).status).toBe(200);
  });

  it('when of no interface here, rejects with the reason', async () => {
    // 192.0.2.0/24 is reserved for documentation (RFC 5737).
    await expect(start({ host: '192.0.2.1' }).ready).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
      message: expect.stringContaining('host 192.0.2.1, port 0: no interface'),
    });
  });

  it('when no port at all, rejects rather than throws', async () => {
    await expect(start({ port: 70_000 }).ready).rejects.toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' });
  });

  it('may fail without anyone awaiting it', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    start({ port: 70_000 });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it.each<[string, unknown, string, string]>([
    ['a privileged port', Object.assign(new Error('x'), { code: 'EACCES' }), 'EACCES', 'above 1023'],
    ['another error', Object.assign(new Error('odd'), { code: 'EODD' }), 'EODD', 'odd (EODD)'],
    ['an error without a code', new Error('odd'), 'ERR_LISTEN', 'odd (ERR_LISTEN)'],
    ['no error at all', 'odd', 'ERR_LISTEN', 'odd (ERR_LISTEN)'],
  ])('has an error for %s', (_, cause, code, remedy) => {
    const error = listenError(cause, '127.0.0.1', 80);
    expect(error).toMatchObject({ code, cause, message: expect.stringContaining(remedy) });
    expect(error.message).toContain('host 127.0.0.1, port 80');
  });
});

describe('a process with a metrics server', () => {
  it('is not kept alive by the server or by an idle connection to it', async () => {
    const script = join(__dirname, 'idle-process.ts');
    // Less than the 65 seconds for which the connection stays open.
    const run = promisify(execFile)(process.execPath, ['--import', 'tsx', script], { timeout: 20_000 });
    await expect(run).resolves.toMatchObject({ stdout: 'nothing left to do\n', stderr: '' });
  }, 25_000);

  it('survives a failed accept, and hears of it', async () => {
    const listening = jest.spyOn(Server.prototype, 'listen');
    const onError = jest.fn(() => {
      throw new Error('callback');
    });
    const { url } = await startAt({ onError });
    const failure = Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' });
    (listening.mock.contexts[0] as Server).emit('error', failure);
    expect(onError).toHaveBeenCalledWith(failure);
    expect((await send(url)).status).toBe(200);
  });
});

describe('close() of the metrics server', () => {
  it('frees the port and can be called again, at any time', async () => {
    const { server, port } = await startAt();
    const closing = server.close();
    expect(server.close()).toBe(closing);
    await closing;
    await expect(server.close()).resolves.toBeUndefined();
    expect(await connectError(port)).toBe('ECONNREFUSED');
  });

  it('closes connections at once that are idle or have not asked yet, whatever is in flight', async () => {
    const held = heldHandler();
    const { server, url, port } = await startAt({ handler: held.handler });
    const scrape = send(url);
    await held.asked;
    const silent = await connectTo(port);
    const idle = await connectTo(port);
    idle.write('GET /health HTTP/1.1\r\n\r\n');
    await once(idle, 'data');
    const bothClosed = Promise.all([closed(silent.resume()), closed(idle.resume())]);
    const closing = server.close();
    await bothClosed;
    held.allow();
    expect((await scrape).status).toBe(200);
    await closing;
  });

  it('lets a scrape in flight finish, turns new ones away, and waits no longer', async () => {
    freezeTimeouts();
    const held = heldHandler();
    const { server, url, port } = await startAt({ handler: held.handler });
    const scrape = send(url);
    await held.asked;
    const closing = server.close();
    expect(await connectError(port)).toBe('ECONNREFUSED');
    held.allow();
    const { status, headers, body } = await scrape;
    expect([status, headers.connection, body.toString()]).toEqual([200, 'close', SHORT_TEXT]);
    await closing;
  });

  it('lets a client finish reading an answer that is already written', async () => {
    freezeTimeouts();
    const text = LONG_TEXT.repeat(4_000);
    const { server, url } = await startAt({ handler: createMetricsHandler(sourceOf(text)) });
    const scrape = request(url, { agent: false }).end();
    const [response] = (await once(scrape, 'response')) as [IncomingMessage];
    const closing = server.close();
    let bytes = 0;
    for await (const chunk of response) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(Buffer.byteLength(text));
    await closing;
  });

  it('cuts a scrape off that hangs for more than a second', async () => {
    freezeTimeouts();
    const held = heldHandler();
    const { server, url } = await startAt({ handler: held.handler });
    const scrape = send(url);
    await held.asked;
    const closing = server.close();
    jest.advanceTimersByTime(1_000);
    await expect(scrape).rejects.toMatchObject({ code: 'ECONNRESET' });
    await closing;
    held.allow();
  });

  it('answers a request that follows on a busy connection, as not ready and the last', async () => {
    const held = heldHandler();
    const { server, port } = await startAt({ handler: held.handler });
    const client = await connectTo(port);
    client.write('GET /metrics HTTP/1.1\r\n\r\nGET /ready HTTP/1.1\r\n\r\n');
    await held.asked;
    const closing = server.close();
    held.allow();
    const chunks: Buffer[] = [];
    for await (const chunk of client) chunks.push(chunk as Buffer);
    const answers = Buffer.concat(chunks).toString();
    expect(answers).toContain(SHORT_TEXT);
    expect(answers).toContain('Connection: close');
    await closing;
  });

  it('before listening, rejects ready', async () => {
    const server = start();
    await server.close();
    await expect(server.ready).rejects.toMatchObject({ code: 'ERR_SERVER_CLOSED' });
  });

  it('before its host name is resolved, leaves no server behind', async () => {
    const listen = jest.spyOn(Server.prototype, 'listen');
    const server = start({ host: 'localhost' });
    await server.close();
    await lookup('localhost');
    await new Promise((resolve) => setImmediate(resolve));
    expect((listen.mock.contexts[0] as Server).listening).toBe(false);
    await expect(server.ready).rejects.toMatchObject({ code: 'ERR_SERVER_CLOSED' });
  });
});

describe("a metrics page on the host's own server", () => {
  const answerWith = (text: string) => jest.fn((_request, response) => response.end(text));

  it('answers its path and leaves the rest to listeners added before and after', async () => {
    const before = answerWith('host');
    const { server, origin } = await hostServer(createServer(before));
    const { url } = await startAt({ server });
    const after = jest.fn();
    server.on('request', after);

    expect(url).toBe(`${origin}/metrics`);
    expect((await send(`${url}?x`)).body.toString()).toBe(SHORT_TEXT);
    expect((await send(url, { method: 'POST' })).status).toBe(405);
    expect(before).not.toHaveBeenCalled();
    expect(after).not.toHaveBeenCalled();

    for (const path of ['/', '/health', '/ready', '/metrics/x']) {
      expect((await send(origin + path)).body.toString()).toBe('host');
    }
    expect(before).toHaveBeenCalledTimes(4);
    expect(after).toHaveBeenCalledTimes(4);
  });

  it('leaves the list of listeners as the host made it', async () => {
    const listener = answerWith('host');
    const { server, origin } = await hostServer(createServer(listener));
    await startAt({ server });
    expect(server.listeners('request')).toEqual([listener]);
    server.off('request', listener).once('request', answerWith('once')).on('request', jest.fn());
    expect((await send(origin)).body.toString()).toBe('once');
    expect(server.listenerCount('request')).toBe(1);
  });

  it('gives its path back at close, and closes nothing else', async () => {
    const { server, origin } = await hostServer(createServer(answerWith('host')));
    const events = server.eventNames();
    const { server: metrics, url } = await startAt({ server });
    await metrics.close();
    await metrics.close();
    expect((await send(url)).body.toString()).toBe('host');
    expect((await send(origin)).status).toBe(200);
    expect(Object.hasOwn(server, 'emit')).toBe(false);
    expect(server.eventNames()).toEqual(events);
  });

  it('can be joined twice, and left in any order', async () => {
    const { server, origin } = await hostServer(createServer(answerWith('host')));
    const first = await startAt({ server, path: '/first' });
    const second = await startAt({ server, path: '/second' });
    expect((await send(first.url)).body.toString()).toBe(SHORT_TEXT);
    expect((await send(second.url)).body.toString()).toBe(SHORT_TEXT);
    await first.server.close();
    expect((await send(first.url)).body.toString()).toBe('host');
    expect((await send(second.url)).body.toString()).toBe(SHORT_TEXT);
    await second.server.close();
    expect((await send(second.url)).body.toString()).toBe('host');
    expect((await send(origin)).body.toString()).toBe('host');
  });

  it('restores an emit that the host had wrapped itself', async () => {
    const { server } = await hostServer();
    const wrapped = server.emit.bind(server);
    server.emit = wrapped;
    const metrics = start({ server });
    await metrics.close();
    expect(Reflect.get(server, 'emit')).toBe(wrapped);
  });

  it('is ready when the host listens', async () => {
    const server = createServer();
    const listeners = server.listenerCount('listening');
    const metrics = start({ server });
    const { origin } = await hostServer(server);
    expect((await metrics.ready).url).toBe(`${origin}/metrics`);
    expect(server.listenerCount('listening')).toBe(listeners);
  });

  it('is not ready when the host cannot listen, and the host still hears of it', async () => {
    const { port } = await startAt();
    const server = createServer();
    const metrics = start({ server });
    server.listen(port, '127.0.0.1');
    const [error] = (await once(server, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('EADDRINUSE');
    await expect(metrics.ready).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: expect.stringContaining(`host 127.0.0.1, port ${port}`),
    });
  });

  it('takes no error away from a host that handles none', () => {
    const server = createServer();
    start({ server });
    expect(() => server.emit('error', new Error('unheard'))).toThrow('unheard');
  });

  it('rejects ready when closed before the host listens', async () => {
    const metrics = start({ server: createServer() });
    await metrics.close();
    await expect(metrics.ready).rejects.toMatchObject({ code: 'ERR_SERVER_CLOSED' });
  });

  it('names the scheme of a secure server', async () => {
    const server = createSecureServer() as unknown as Server;
    const { origin } = await hostServer(server);
    const { url } = await startAt({ server });
    expect(url).toBe(`${origin.replace('http:', 'https:')}/metrics`);
  });

  it('serves on a Unix socket', async () => {
    const socketPath = join(tmpdir(), `metrics-server-test-${process.pid}.sock`);
    const server = createServer();
    opened.push({ close: () => server.close() });
    server.listen(socketPath);
    const address = await start({ server }).ready;
    expect(address).toEqual({ host: socketPath, port: 0, url: `unix:${socketPath}:/metrics` });
    expect((await send('http://unix', { socketPath, path: '/metrics' })).body.toString()).toBe(SHORT_TEXT);
  });

  it('leaves an answer alone that something else has begun', async () => {
    const held = heldHandler();
    const begun = gate<ServerResponse>();
    const listener = nodeMetrics({ metricsHandler: held.handler });
    const { origin } = await hostServer(
      createServer((request, response) => {
        listener(request, response);
        response.write('by the ');
        begun.open(response);
      }),
    );
    const answer = send(origin);
    const response = await begun.promise;
    held.allow();
    await new Promise((resolve) => setImmediate(resolve));
    response.end('host');
    expect((await answer).body.toString()).toBe('by the host');
  });

  it('survives an error of the response', async () => {
    const listener = nodeMetrics(shortText);
    const { origin } = await hostServer(
      createServer((request, response) => {
        listener(request, response);
        response.emit('error', new Error('write EPIPE'));
      }),
    );
    expect((await send(origin)).body.toString()).toBe(SHORT_TEXT);
  });
});
