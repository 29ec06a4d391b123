import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { MetricsHandler } from '../../src/http/adapter.js';
import { Guard } from '../../src/http/guard.js';
import { endpointAt, testLog } from './endpoint.js';
import { send, sendLines, SHORT_TEXT, statusOf } from './http-client.js';

const get = (...headers: string[]): string[] => ['GET /metrics HTTP/1.1', ...headers, 'Connection: close'];

describe('on an address of loopback, a request', () => {
  test.each<[string, string[], number]>([
    ['with a name of loopback', get('Host: localhost:9464'), 200],
    ['with a name in upper case', get('Host: LocalHost'), 200],
    ['with a dot at the end', get('Host: localhost.:80'), 200],
    ['with an address of loopback', get('Host: 127.0.0.1'), 200],
    ['with another of them', get('Host: 127.9.9.9:1'), 200],
    ['with IPv6 in brackets', get('Host: [::1]:9464'), 200],
    ['with the long form of it', get('Host: [0:0:0:0:0:0:0:1]'), 200],
    ['without a host, as of HTTP/1.0', ['GET /metrics HTTP/1.0'], 200],
    ['without a host', get(), 200],
    [
      'in absolute form',
      ['GET http://localhost/metrics HTTP/1.1', 'Host: localhost', 'Connection: close'],
      200,
    ],
    ['with a host that a proxy was asked for', get('Host: localhost', 'X-Forwarded-Host: evil.example'), 200],
    ['with a stranger', get('Host: evil.example.com'), 421],
    ['with a stranger in HTTP/1.0', ['GET /metrics HTTP/1.0', 'Host: evil.example.com'], 421],
    ['with a stranger and our port', get('Host: evil.example.com:9464'), 421],
    ['with a stranger that begins as we do', get('Host: localhost.evil.example'), 421],
    ['with a stranger that begins as our address', get('Host: 127.0.0.1.evil.example'), 421],
    ['with a stranger that ends as we do', get('Host: evil.localhost'), 421],
    ['with two dots at the end', get('Host: localhost..'), 421],
    ['with a user before us', get('Host: evil.example@localhost'), 421],
    ['with a user before a stranger', get('Host: localhost@evil.example'), 421],
    ['with IPv6 out of brackets', get('Host: ::1'), 421],
    ['with the address of all interfaces', get('Host: 0.0.0.0:9464'), 421],
    ['with an address beyond', get('Host: 10.0.0.1'), 421],
    ['with an empty host', get('Host:'), 421],
    ['with two names in one', get('Host: localhost, evil.example'), 421],
    ['with letters that only look alike', get('Host: l\u00f6calhost'), 421],
    [
      'with a stranger in absolute form',
      ['GET http://evil.example/metrics HTTP/1.1', 'Host: localhost', 'Connection: close'],
      421,
    ],
    [
      'in absolute form, and a stranger beside it',
      ['GET http://localhost/metrics HTTP/1.1', 'Host: evil.example', 'Connection: close'],
      421,
    ],
    ['in absolute form with a user', ['GET http://localhost@evil.example/metrics HTTP/1.0'], 421],
    ['in absolute form in upper case', ['GET HTTP://EVIL.example/metrics HTTP/1.0'], 421],
    ['with two hosts', get('Host: localhost', 'Host: evil.example'), 400],
    ['with the same host twice', get('Host: localhost', 'host: localhost'), 400],
  ])('%s', async (_, lines, status) => {
    const { port, refused } = await endpointAt();
    const answer = await sendLines(port, lines);
    expect(statusOf(answer)).toBe(status);
    expect(answer.includes(Buffer.from(SHORT_TEXT).toString('latin1'))).toBe(status === 200);
    expect(refused).toEqual(status === 200 ? [] : [status === 421 ? 'host' : 'malformed']);
    expect(answer).not.toContain('evil');
  });

  test('with a stranger is refused on each page, whatever its method', async () => {
    const { port, refused } = await endpointAt();
    for (const line of ['GET /health', 'GET /ready', 'GET /', 'POST /metrics', 'HEAD /metrics', 'OPTIONS *'])
      expect([line, statusOf(await sendLines(port, [`${line} HTTP/1.0`, 'Host: evil.example']))]).toEqual([
        line,
        421,
      ]);
    expect(refused).toHaveLength(6);
  });

  test('may name the host that was bound, and those of allowedHosts', async () => {
    const { port } = await endpointAt({ host: 'localhost', allowedHosts: ['Kernel.Example'] });
    expect(statusOf(await sendLines(port, get('Host: kernel.example:9464')))).toBe(200);
    expect(statusOf(await sendLines(port, get('Host: evil.example')))).toBe(421);
  });

  test('may name any host by *', async () => {
    const { port } = await endpointAt({ allowedHosts: '*' });
    expect(statusOf(await sendLines(port, get('Host: evil.example')))).toBe(200);
  });
});

describe('beyond loopback, a request', () => {
  test('may name any host', async () => {
    const { port } = await endpointAt({ host: '0.0.0.0' });
    expect(statusOf(await sendLines(port, get('Host: kernel.monitoring.svc:9464')))).toBe(200);
  });

  test('may name what is listed, where something is', async () => {
    const { port } = await endpointAt({ host: '0.0.0.0', allowedHosts: ['kernel.monitoring.svc'] });
    expect(statusOf(await sendLines(port, get('Host: kernel.monitoring.svc:9464')))).toBe(200);
    expect(statusOf(await sendLines(port, get('Host: 127.0.0.1')))).toBe(200);
    expect(statusOf(await sendLines(port, get('Host: other.svc')))).toBe(421);
  });
});

describe('with a token', () => {
  const auth = { bearer: { token: ['old-token', 'new-token'] } };
  const bearer = (token: string) => get('Host: localhost', `Authorization: Bearer ${token}`);

  test.each<[string, string[], number]>([
    ['the right one', bearer('new-token'), 200],
    ['the one before it', bearer('old-token'), 200],
    ['a lower-case scheme', get('Authorization: bearer new-token'), 200],
    ['more blanks', get('Authorization: Bearer    new-token'), 200],
    ['none', get('Host: localhost'), 401],
    ['a wrong one', bearer('wrong'), 401],
    ['a part of it', bearer('new-toke'), 401],
    ['more than it', bearer('new-token2'), 401],
    ['another case', bearer('New-Token'), 401],
    ['two of them', bearer('old-token new-token'), 401],
    ['no token', get('Authorization: Bearer'), 401],
    ['an empty header', get('Authorization:'), 401],
    ['the token without scheme', get('Authorization: new-token'), 401],
    ['another scheme', get('Authorization: Token new-token'), 401],
    [
      'the token as a password',
      get(`Authorization: Basic ${Buffer.from('new-token').toString('base64')}`),
      401,
    ],
    ['a wrong one before it', get('Authorization: Bearer wrong', 'Authorization: Bearer new-token'), 401],
    ['the token in the query', ['GET /metrics?access_token=new-token HTTP/1.0'], 401],
    ['the token of a proxy', get('Proxy-Authorization: Bearer new-token'), 401],
    ['letters beyond ASCII', get('Authorization: Bearer n\u00ebw-token'), 401],
    ['eight thousand letters', get(`Authorization: Bearer ${'a'.repeat(7900)}`), 401],
  ])('%s', async (_, lines, status) => {
    const { port, refused, said } = await endpointAt({ auth });
    const answer = await sendLines(port, lines);
    expect(statusOf(answer)).toBe(status);
    expect(refused).toEqual(status === 401 ? ['unauthenticated'] : []);
    if (status === 401) expect(answer).toContain('WWW-Authenticate: Bearer realm="metrics"\r\n');
    expect(answer + said.join()).not.toMatch(/(old|new)-token/);
  });

  test('no page is answered without it, not even to say what there is', async () => {
    const { port } = await endpointAt({ auth });
    for (const line of [
      'GET /health',
      'GET /ready',
      'GET /missing',
      'POST /metrics',
      'HEAD /metrics',
      'OPTIONS *',
    ]) {
      const answer = await sendLines(port, [`${line} HTTP/1.0`]);
      expect([line, statusOf(answer)]).toEqual([line, 401]);
      expect(answer).not.toContain('/metrics');
    }
  });

  test('a stranger host is refused before the token is looked at', async () => {
    const { port, refused } = await endpointAt({ auth });
    const lines = get('Host: evil.example', 'Authorization: Bearer new-token');
    expect(statusOf(await sendLines(port, lines))).toBe(421);
    expect(refused).toEqual(['host']);
  });

  test('a reason is said once, and each refusal is counted', async () => {
    const { url, refused, said } = await endpointAt({ auth });
    for (let request = 0; request < 3; request++) expect((await send(url)).status).toBe(401);
    expect(refused).toHaveLength(3);
    expect(said).toEqual([
      expect.stringMatching(/from 127\.0\.0\.1 without credentials that prometheus\.auth accepts/),
    ]);
  });
});

describe('with a user and a password', () => {
  const auth = {
    basic: [
      { username: 'prometheus', password: 'correct horse' },
      { username: 'grafana', password: ['one', 'twö:three'] },
    ],
  };
  const basic = (credentials: string) =>
    `Authorization: Basic ${Buffer.from(credentials).toString('base64')}`;

  test.each<[string, number]>([
    ['prometheus:correct horse', 200],
    ['grafana:one', 200],
    ['grafana:twö:three', 200],
    ['grafana:correct horse', 401],
    ['prometheus:one', 401],
    ['Prometheus:correct horse', 401],
    ['prometheus:', 401],
    ['prometheus', 401],
    [':correct horse', 401],
    ['', 401],
    ['prometheus:correct horse\0', 401],
  ])('%p', async (credentials, status) => {
    const { port } = await endpointAt({ auth });
    const answer = await sendLines(port, get(basic(credentials)));
    expect(statusOf(answer)).toBe(status);
    if (status === 401)
      expect(answer).toContain('WWW-Authenticate: Basic realm="metrics", charset="UTF-8"\r\n');
  });

  test('a token opens it too, where one is set, and both schemes are offered', async () => {
    const { port } = await endpointAt({ auth: { ...auth, bearer: { token: 't' } } });
    expect(statusOf(await sendLines(port, get('Authorization: Bearer t')))).toBe(200);
    expect(statusOf(await sendLines(port, get(basic('grafana:one'))))).toBe(200);
    expect(await sendLines(port, get())).toContain('WWW-Authenticate: Bearer realm="metrics", Basic realm=');
  });
});

test("on a server of the host's the page is guarded in the same way, and nothing else is", async () => {
  const host = createServer((_, response) => response.end('mine')).listen(0, '127.0.0.1');
  await once(host, 'listening');
  const { port } = host.address() as AddressInfo;
  try {
    const { refused } = await endpointAt({ server: host, auth: { bearer: { token: 't' } } });
    expect(statusOf(await sendLines(port, get('Host: localhost')))).toBe(401);
    expect(statusOf(await sendLines(port, get('Host: evil.example', 'Authorization: Bearer t')))).toBe(421);
    expect(statusOf(await sendLines(port, get('Host: localhost', 'Authorization: Bearer t')))).toBe(200);
    const others = await sendLines(port, ['GET / HTTP/1.1', 'Host: evil.example', 'Connection: close']);
    expect(others).toContain('mine');
    expect(refused).toEqual(['unauthenticated', 'host']);
  } finally {
    host.close();
  }
});

describe("behind a router of the host's", () => {
  const page: MetricsHandler = () => Promise.resolve({ status: 200, headers: {}, body: 'page' });
  const ask = (handler: MetricsHandler, headers: Record<string, string | string[]>) =>
    handler({ method: 'GET', headers });

  test('credentials are asked for where they are set', async () => {
    const { log, refused } = testLog();
    const handler = new Guard({ auth: { bearer: { token: 't' } } }, log).protect(page);
    expect(await ask(handler, {})).toMatchObject({
      status: 401,
      headers: { 'WWW-Authenticate': expect.any(String) },
    });
    expect(await ask(handler, { authorization: 'Bearer t' })).toMatchObject({ status: 200 });
    expect(await ask(handler, { authorization: ['Bearer t', 'Bearer t'] })).toMatchObject({ status: 401 });
    expect(refused).toEqual(['unauthenticated', 'unauthenticated']);
  });

  test('hosts are asked for where some are listed', async () => {
    const { log } = testLog();
    const any = new Guard({}, log).protect(page);
    expect(await ask(any, { host: 'evil.example' })).toMatchObject({ status: 200 });
    const some = new Guard({ allowedHosts: ['kernel.example'] }, log).protect(page);
    expect(await ask(some, { host: 'kernel.example' })).toMatchObject({ status: 200 });
    expect(await ask(some, { host: 'evil.example' })).toMatchObject({ status: 421 });
  });
});

describe('at start, an endpoint that answers anybody beyond this machine', () => {
  const OPEN = /on 0\.0\.0\.0 answers anybody .*prometheus\.auth or prometheus\.tls\.clientCaFile/;

  test('is said, once and in one line', async () => {
    const { said } = await endpointAt({ host: '0.0.0.0' });
    expect(said).toEqual([expect.stringMatching(OPEN)]);
    expect(said[0]).not.toContain('\n');
  });

  test.each([
    ['it is on loopback', {}],
    ['it has a name of loopback', { host: 'localhost' }],
    ['it asks for credentials', { host: '0.0.0.0', auth: { bearer: { token: 't' } } }],
    ['it is meant', { host: '0.0.0.0', unauthenticated: true }],
  ])('is not said where %s', async (_, options) => {
    const { said } = await endpointAt(options);
    expect(said).toEqual([]);
  });
});
