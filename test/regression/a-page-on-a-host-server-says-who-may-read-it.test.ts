import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initObservability, type ObservabilityError } from '../../src/index.js';
import type { PrometheusOptions } from '../../src/options/options.js';
import { optionProblems } from '../../src/options/validation.js';
import { sampleValue } from '../../src/testing/samples.js';
import { connectTo, send } from '../http/http-client.js';
import { exposed, observed } from './support.js';

const root = mkdtempSync(join(tmpdir(), 'endpoint-options-'));
afterAll(() => rmSync(root, { recursive: true }));
const fileOf = (content: string): string => {
  const path = join(root, String(Math.abs(hash(content))));
  writeFileSync(path, content);
  return path;
};
const hash = (text: string): number =>
  [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) | 0, 7);
const fixture = (name: string): string => join(__dirname, '../support/fixtures/tls', name);

const SECRET = 'hunter2-hunter2';
const problemsOf = (prometheus: unknown) => optionProblems({ serviceName: 'k', prometheus }, new Map());

test('a server of the host is refused without a word on who may read', () => {
  const server = createServer();
  expect(problemsOf({ server })).toEqual([
    expect.objectContaining({
      path: 'prometheus.server',
      accepted: expect.stringMatching(/prometheus\.auth, or .*prometheus\.unauthenticated: true/),
    }),
  ]);
  expect(problemsOf({ server, unauthenticated: false })).toHaveLength(1);
  expect(problemsOf({ server, unauthenticated: true })).toEqual([]);
  expect(problemsOf({ server, auth: { bearer: { token: SECRET } } })).toEqual([]);
});

test("what a host's own listener refuses is no longer answered without a token", async () => {
  const server = createServer((_, response) => void response.writeHead(401).end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  try {
    expect(() => initObservability({ serviceName: 'k', prometheus: { server } })).toThrow(
      'prometheus.server',
    );
    const obs = observed({ prometheus: { server, auth: { bearer: { token: SECRET } } } });
    await obs.ready;
    expect((await send(url)).status).toBe(401);
    expect((await send(url, { headers: { authorization: `Bearer ${SECRET}` } })).status).toBe(200);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test.each<[string, unknown, RegExp]>([
  ['a text', SECRET, /string \(not shown\)/],
  ['nothing', {}, /neither bearer nor basic/],
  ['another scheme', { digest: SECRET }, /the unknown option digest/],
  ['a text for a scheme', { bearer: SECRET }, /bearer, which is no object/],
  ['an empty token', { bearer: { token: '' } }, /bearer\.token, which is empty/],
  ['no token', { bearer: {} }, /bearer without token and tokenFile/],
  ['no tokens', { bearer: { token: [] } }, /bearer\.token, which is empty/],
  ['a token with a blank', { bearer: { token: `${SECRET} ${SECRET}` } }, /not what a client can send/],
  ['a token with a line', { bearer: { token: `${SECRET}\r\nX: 1` } }, /not what a client can send/],
  ['a number among tokens', { bearer: { token: [SECRET, 7] } }, /not what a client can send/],
  ['an unknown part', { bearer: { token: SECRET, tokenfile: 'x' } }, /the unknown option bearer\.tokenfile/],
  ['a file that is none', { bearer: { tokenFile: 7 } }, /bearer\.tokenFile, which is no path/],
  [
    'a file that is not there',
    { bearer: { tokenFile: '/no/token' } },
    /\/no\/token, which cannot be read \(ENOENT\)/,
  ],
  ['an empty file', { bearer: { tokenFile: fileOf('\n') } }, /holds no usable secret/],
  ['a file of words', { bearer: { tokenFile: fileOf(`${SECRET} ${SECRET}`) } }, /holds no usable secret/],
  ['a user without a password', { basic: { username: 'a' } }, /basic without password and passwordFile/],
  ['a password without a user', { basic: { password: SECRET } }, /basic\.username/],
  ['a user with a colon', { basic: { username: `a:${SECRET}`, password: 'x' } }, /basic\.username/],
  ['no users', { basic: [] }, /basic, which is empty/],
  ['one of two users', { basic: [{ username: 'a', password: SECRET }, {}] }, /basic\.username/],
])('for auth, %s is refused at the start, and no message shows a secret', (_, auth, why) => {
  const [problem, ...others] = problemsOf({ auth });
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ path: 'prometheus.auth', received: expect.stringMatching(why) });
  expect(JSON.stringify(problem)).not.toContain(SECRET);
});

test.each<[string, unknown, RegExp]>([
  ['true', true, /boolean \(not shown\)/],
  ['nothing', {}, /no certFile; no keyFile/],
  ['a certificate alone', { certFile: fixture('receiver.pem') }, /no keyFile/],
  [
    'another key',
    { certFile: fixture('receiver.pem'), keyFile: fixture('stranger.key') },
    /which do not work/,
  ],
  [
    'a file that is not there',
    { certFile: '/no/cert', keyFile: '/no/key' },
    /\/no\/cert.*ENOENT.*\/no\/key.*ENOENT/,
  ],
  [
    'two passphrases',
    { certFile: '/c', keyFile: '/k', passphrase: SECRET, passphraseFile: '/p' },
    /both passphrase and passphraseFile/,
  ],
  ['a key in the option', { certFile: '/c', keyFile: '/k', key: SECRET }, /the unknown option key/],
])('for tls, %s is refused at the start', (_, tls, why) => {
  const problem = problemsOf({ tls }).find(({ path }) => path === 'prometheus.tls');
  expect(problem?.received).toMatch(why);
  expect(JSON.stringify(problem)).not.toContain(SECRET);
});

test.each<[string, PrometheusOptions | Record<string, unknown>, string]>([
  [
    'auth that lets everybody in',
    { auth: { bearer: { token: SECRET } }, unauthenticated: true },
    'prometheus.auth',
  ],
  [
    'TLS on a server of the host',
    {
      server: createServer(),
      unauthenticated: true,
      tls: { certFile: fixture('receiver.pem'), keyFile: fixture('receiver.key') },
    },
    'prometheus.tls',
  ],
  ['a port beside a socket', { socketPath: '/run/a.sock', port: 1 }, 'prometheus.port'],
  ['a host beside a socket', { socketPath: '/run/a.sock', host: '::1' }, 'prometheus.host'],
  [
    'a socket on a server of the host',
    { server: createServer(), unauthenticated: true, socketPath: '/run/a.sock' },
    'prometheus.socketPath',
  ],
  ['a mode that others may use', { socketPath: '/run/a.sock', socketMode: 0o666 }, 'prometheus.socketMode'],
  ['a path that is too long', { socketPath: `/${'a'.repeat(200)}` }, 'prometheus.socketPath'],
  ['a host with a port', { allowedHosts: ['kernel.example:9464'] }, 'prometheus.allowedHosts[0]'],
  ['a URL for a host', { allowedHosts: ['http://kernel.example'] }, 'prometheus.allowedHosts[0]'],
  ['one host without brackets', { allowedHosts: 'kernel.example' }, 'prometheus.allowedHosts'],
])('%s is refused at the start', (_, prometheus, path) => {
  const problems = problemsOf(prometheus);
  expect(problems.map((problem) => problem.path)).toContain(path);
  expect(JSON.stringify(problems)).not.toContain(SECRET);
});

test('all of it is said in one error, beside other options', () => {
  let error: ObservabilityError | undefined;
  try {
    initObservability({
      serviceName: 'k',
      prometheus: {
        auth: { bearer: { tokenFile: '/no/token' } },
        tls: { certFile: '/no/cert', keyFile: '/no/key' },
      },
      shutdownTimeoutMillis: -1,
    });
  } catch (thrown) {
    error = thrown as ObservabilityError;
  }
  expect(error?.problems.map(({ path }) => path)).toEqual([
    'prometheus.auth',
    'prometheus.tls',
    'shutdownTimeoutMillis',
  ]);
});

test('refusals and evicted sockets are on the page itself', async () => {
  const obs = observed({ prometheus: { port: 0, auth: { bearer: { token: SECRET } } } });
  const { metricsUrl = '' } = await obs.ready;
  await send(metricsUrl);
  await send(metricsUrl, { headers: { host: 'evil.example' } });
  const { port } = new URL(metricsUrl);
  const idle = [];
  for (let at = 0; at < 65; at++) idle.push(await connectTo(Number(port)));
  const page = await send(metricsUrl, { headers: { authorization: `Bearer ${SECRET}` } });
  expect(page.status).toBe(200);
  const families = await exposed(obs);
  const refused = 'agent_os_telemetry_endpoint_refused_total';
  expect(sampleValue(families, refused, { reason: 'unauthenticated' })).toBe(1);
  expect(sampleValue(families, refused, { reason: 'host' })).toBe(1);
  expect(
    sampleValue(families, 'agent_os_telemetry_endpoint_evicted_total', { state: 'idle' }),
  ).toBeGreaterThan(0);
  for (const socket of idle) socket.destroy();
});

test('the handler for adapters asks for the credentials that are set', async () => {
  const obs = observed({ prometheus: { port: 0, auth: { bearer: { token: SECRET } } } });
  expect(await obs.metricsHandler({ method: 'GET', headers: {} })).toMatchObject({ status: 401 });
  const headers = { authorization: `Bearer ${SECRET}` };
  expect(await obs.metricsHandler({ method: 'GET', headers })).toMatchObject({ status: 200 });
});
