import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createSecureServer, createServer as createHttp2Server } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import type { OtlpSettings } from '../../src/pipeline/otlp/otlp-target.js';
import { collector, listening } from '../pipeline/otlp/collectors.js';
import { grpcOn, pathOf, proxyTo, TLS } from '../pipeline/otlp/proxies.js';
import { bundled } from '../support/bundle.js';
import { runChild } from '../support/child.js';

// A proxy that is itself reached by TLS was greeted by the name of the receiver, and its certificate held against that
// name, so nothing was sent through it.

const CACHE = join(__dirname, '../../.cache');
let folder: string;
let send: string;
beforeAll(async () => {
  mkdirSync(CACHE, { recursive: true });
  folder = mkdtempSync(join(CACHE, 'send-'));
  [send = ''] = await bundled([join(__dirname, '../pipeline/otlp/children/send.ts')], folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const portOf = (url: string) => Number(new URL(url).port);
/** By a name that only the proxy knows; the receiver's certificate is for localhost. */
const SECURE = { endpoint: 'https://collector.test', httpAgentOptions: { servername: 'localhost' } };

const RECEIVERS: Readonly<Record<string, { start: () => Promise<number>; settings: OtlpSettings }>> = {
  HTTP: {
    start: async () => portOf(await collector((_, response) => response.end())),
    settings: { endpoint: 'http://collector.test:4318' },
  },
  HTTPS: {
    start: () =>
      listening(
        createTlsServer(TLS, (request, response) => void request.resume().on('end', () => response.end())),
      ),
    settings: SECURE,
  },
  gRPC: {
    start: () => grpcOn(createHttp2Server()),
    settings: { endpoint: 'http://collector.test:4317', protocol: 'grpc' },
  },
  'gRPC with TLS': {
    start: () => grpcOn(createSecureServer(TLS)),
    settings: { ...SECURE, protocol: 'grpc' },
  },
};

/** What a process says that trusts our authority beside those of Node, as only its start can make it. */
async function said(proxy: string, settings: OtlpSettings): Promise<unknown[]> {
  const env = {
    NODE_EXTRA_CA_CERTS: pathOf('ca.pem'),
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    http_proxy: undefined,
    https_proxy: undefined,
    no_proxy: undefined,
    NO_PROXY: undefined,
  };
  const child = runChild(send, { args: [JSON.stringify({ timeoutMillis: 2000, ...settings })], env });
  await child.exited;
  return child.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

describe.each(Object.keys(RECEIVERS))('%s through a proxy that is reached by TLS', (kind) => {
  const { start, settings } = RECEIVERS[kind]!;

  test.each([
    ['localhost', 'localhost'],
    ['127.0.0.1', false],
  ])('is delivered, and the proxy greeted as what it is: %s', async (host, name) => {
    const proxy = await proxyTo(await start(), { tls: true });
    expect(await said(`https://user:pw@${host}:${proxy.port}`, settings)).toEqual([
      { outcome: 'delivered', rejected: 0 },
    ]);
    expect(proxy.names).toEqual([name]);
    expect(proxy.asked).toEqual([
      {
        line: expect.stringContaining('collector.test'),
        authorization: `Basic ${Buffer.from('user:pw').toString('base64')}`,
      },
    ]);
  });
});
