import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { connect as connectPlain, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectSecure } from 'node:tls';
import { ServerConnections } from '../../src/http/connections.js';
import { refuseUnreadable } from '../../src/http/client-errors.js';
import { testLog } from './endpoint.js';
import { connectTo, gate, sendLines, statusOf } from './http-client.js';

const made: ServerConnections[] = [];
afterEach(async () => {
  for (const connections of made.splice(0)) await connections.drain(0.001);
});

/** A server of which a test has the clock. */
async function serverOf(listener: RequestListener, server: Server = createServer()) {
  const { log, refused, evicted } = testLog();
  server.keepAliveTimeout = 65_000; // no slow machine makes a socket leave by itself
  let now = 0;
  const connections = new ServerConnections(server, log, () => now);
  refuseUnreadable(
    server,
    (socket) => connections.isAnswering(socket),
    (reason) => log.refused(reason),
  );
  server.on('request', listener).listen(0, '127.0.0.1');
  made.push(connections);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, server, connections, refused, evicted, pass: (millis: number) => (now += millis) };
}

const ok: RequestListener = (_, response) => response.end('ok');
const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
const scrape = async (port: number) => statusOf(await sendLines(port, ['GET / HTTP/1.0']));
const closed = (socket: Socket): Promise<unknown> => once(socket.resume(), 'close');

/** Sockets one after the other, each of which has been heard by the server. */
async function sockets(
  port: number,
  count: number,
  text: string,
  heard: (socket: Socket) => Promise<unknown>,
) {
  const clients: Socket[] = [];
  for (let at = 0; at < count; at++) {
    const socket = await connectTo(port);
    socket.write(text);
    await heard(socket);
    clients.push(socket);
  }
  return clients;
}

const answered = (socket: Socket) => once(socket, 'data');
/** Until the server has read what was sent: an exchange on another socket comes after it. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('a new socket takes the place of the one that has been idle for longest', async () => {
  const { port, evicted, refused, pass } = await serverOf(ok);
  const idle = await sockets(port, 64, GET, async (socket) => {
    await answered(socket);
    pass(1);
  });
  idle[0]?.write(GET); // the first is now the youngest
  await answered(idle[0] as Socket);
  const gone = closed(idle[1] as Socket);
  expect(await scrape(port)).toBe(200);
  await gone;
  expect(idle.filter(({ destroyed }) => destroyed)).toEqual([idle[1]]);
  expect([evicted, refused]).toEqual([['idle'], []]);
});

test('as many scrapes as you like succeed beside 64 sockets that stay', async () => {
  const { port, evicted } = await serverOf(ok);
  await sockets(port, 64, GET, answered);
  for (let at = 0; at < 100; at++) expect(await scrape(port)).toBe(200);
  expect(evicted.length).toBeGreaterThan(0);
});

test('sockets that never ask give way too', async () => {
  const { port, evicted } = await serverOf(ok);
  for (let at = 0; at < 64; at++) await connectTo(port);
  expect(await scrape(port)).toBe(200);
  expect(evicted).toEqual(['idle']);
});

test('half a request is not cut off for a new socket, as long as it is young', async () => {
  const { port, evicted, pass } = await serverOf(ok);
  const half = await sockets(port, 64, 'GET / HTTP/1.1\r\nHo', turns);
  expect(await scrape(port)).toBe(200);
  expect(evicted).toEqual([]);
  half[0]?.write('st: localhost\r\n\r\n');
  expect(String((await answered(half[0] as Socket))[0])).toContain('200 OK');
  pass(1000);
  half.push(...(await sockets(port, 1, 'GET', turns)));
  expect(await scrape(port)).toBe(200);
  expect(evicted).toEqual(['idle', 'slow']); // the first, which has its answer, and then the slowest
});

test('half a request on each of all sockets keeps nobody out, however young', async () => {
  const { port, evicted, refused } = await serverOf(ok);
  await sockets(port, 96, 'GET / HTTP/1.1\r\n', turns);
  for (let at = 0; at < 10; at++) expect(await scrape(port)).toBe(200);
  expect(evicted[0]).toBe('slow');
  expect(refused).toEqual([]);
});

describe('while answers are under way on 64 sockets', () => {
  async function busy(count: number) {
    const allowed = gate();
    let heard: () => void = () => {};
    const server = await serverOf((request, response) => {
      if (request.url === '/health') return void response.end('ok');
      heard();
      void allowed.promise.then(() => response.end('late'));
    });
    const clients = await sockets(
      server.port,
      count,
      GET,
      () => new Promise<void>((resolve) => (heard = resolve)),
    );
    const probe = async () => statusOf(await sendLines(server.port, ['GET /health HTTP/1.0']));
    return { ...server, clients, probe, allow: () => allowed.open() };
  }

  test('none is cut off, and others are answered all the same', async () => {
    const { clients, probe, allow, evicted, refused } = await busy(64);
    for (let at = 0; at < 40; at++) expect(await probe()).toBe(200);
    allow();
    for (const client of clients) expect(String((await once(client, 'data'))[0])).toContain('late');
    expect([evicted, refused]).toEqual([[], []]);
  });

  test('those that take longer than ten seconds make room', async () => {
    const { clients, probe, evicted, pass } = await busy(64);
    pass(10_000);
    const gone = closed(clients[0] as Socket);
    expect(await probe()).toBe(200);
    await gone;
    expect(evicted).toEqual(['slow']);
  });

  test('past 96 a new one is refused, and counted', async () => {
    const { port, refused, allow, probe } = await busy(96);
    const surplus = await connectTo(port);
    await closed(surplus);
    expect(refused).toEqual(['sockets']);
    allow();
    await turns();
    expect(await probe()).toBe(200);
  });

  test('those past 64 are closed with their answer', async () => {
    const { clients, allow } = await busy(80);
    const ends = clients.slice(64).map(closed);
    allow();
    await Promise.all(ends);
    expect(clients.slice(0, 64).some(({ destroyed }) => destroyed)).toBe(false);
  });
});

test('clients that do not read their answers keep nobody out', async () => {
  const large = Buffer.alloc(8 * 1024 * 1024, 'x');
  const { port, evicted, refused } = await serverOf((request, response) =>
    response.end(request.url === '/health' ? 'ok' : large),
  );
  for (const socket of await sockets(port, 96, GET, turns)) socket.pause();
  for (let at = 0; at < 10; at++) expect(statusOf(await sendLines(port, ['GET /health HTTP/1.0']))).toBe(200);
  expect(evicted).toContain('slow');
  expect(refused).toEqual([]);
});

describe('with TLS', () => {
  const pem = (name: string) => readFileSync(join(__dirname, '../support/fixtures/tls', name));
  const secure = () =>
    createSecureServer({ key: pem('receiver.key'), cert: pem('receiver.pem') }) as unknown as Server;
  const askSecurely = async (port: number) => {
    const socket = connectSecure({ port, host: '127.0.0.1', ca: pem('ca.pem') });
    socket.end(GET.replace('1.1', '1.0'));
    const [data] = (await once(socket, 'data')) as [Buffer];
    return statusOf(data.toString());
  };

  test('sockets without a handshake keep nobody out', async () => {
    const { port, evicted, pass } = await serverOf(ok, secure());
    for (let at = 0; at < 64; at++) await connectTo(port);
    expect(await askSecurely(port)).toBe(200);
    expect(evicted).toEqual([]); // they are young still
    pass(1000);
    expect(await askSecurely(port)).toBe(200);
    expect(evicted).toEqual(['slow']);
  });

  test('idle ones give way as without it', async () => {
    const { port, evicted } = await serverOf(ok, secure());
    for (let at = 0; at < 64; at++) {
      const socket = connectSecure({ port, host: '127.0.0.1', ca: pem('ca.pem') });
      socket.on('error', () => {});
      socket.write(GET);
      await once(socket, 'data');
    }
    expect(await askSecurely(port)).toBe(200);
    expect(evicted).toEqual(['idle']);
  });

  test('a client that leaves in its handshake is nobody refused', async () => {
    const { port, refused } = await serverOf(ok, secure());
    const socket = connectPlain(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    expect(await askSecurely(port)).toBe(200);
    expect(refused).toEqual([]);
  });
});

describe('what never becomes a request', () => {
  test.each([
    ['no HTTP', 'SSH-2.0-client\r\n\r\n', 400, 'malformed'],
    ['a header without its end', 'GET / HTTP/1.1\nHost localhost\r\n\r\n', 400, 'malformed'],
    ['two lengths', `POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`, 400, 'malformed'],
    [
      'a length and chunks',
      `POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
      400,
      'malformed',
    ],
    ['headers without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'malformed'],
  ])('%s is refused and counted', async (_, text, status, reason) => {
    const { port, refused } = await serverOf(ok);
    const socket = await connectTo(port);
    socket.write(text);
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(statusOf(data.toString())).toBe(status);
    await closed(socket);
    expect(refused).toEqual([reason]);
  });

  test('headers and bodies that come too slowly end with 408, and are counted', async () => {
    const timeouts = { headersTimeout: 30, requestTimeout: 60, connectionsCheckingInterval: 10 };
    const { port, refused } = await serverOf(ok, createServer(timeouts));
    const dripping = await connectTo(port);
    dripping.write('GET / HTTP/1.1\r\n');
    const drip = setInterval(() => dripping.write('X: 1\r\n'), 5);
    const [data] = (await once(dripping, 'data')) as [Buffer];
    clearInterval(drip);
    expect(statusOf(data.toString())).toBe(408);
    const body = await connectTo(port);
    body.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx');
    await closed(body);
    expect(refused).toEqual(['timeout', 'timeout']);
  });

  test('a client that leaves in the middle is nobody refused', async () => {
    const { port, refused } = await serverOf(ok);
    const socket = await connectTo(port);
    socket.write('GET / HTT');
    await turns();
    socket.resetAndDestroy();
    expect(await scrape(port)).toBe(200);
    expect(refused).toEqual([]);
  });
});
