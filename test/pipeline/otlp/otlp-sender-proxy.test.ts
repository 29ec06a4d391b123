import { Agent } from 'node:http';
import { createSecureServer, createServer as createHttp2Server } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import type { OtlpSettings } from '../../../src/pipeline/otlp/otlp-target.js';
import { closeLater, collector, listening, patient, rawCollector, senderTo } from './collectors.js';
import { grpcOn, pem, proxyTo, TLS } from './proxies.js';

const MESSAGE = Buffer.from('a message');
const DELIVERED = { outcome: 'delivered', rejected: 0 };

const portOf = (url: string) => Number(new URL(url).port);

describe('through a proxy of the environment', () => {
  test('HTTP goes by the whole URL, with the credentials of the proxy', async () => {
    let host: string | undefined;
    const url = await collector((request, response) => {
      host = request.headers.host;
      response.end();
    });
    const proxy = await proxyTo(portOf(url));
    const env = { HTTP_PROXY: `http://us%40er:pw@127.0.0.1:${proxy.port}` };
    const sender = senderTo('http://collector.test:4318', {}, patient(), env);
    expect(await sender.send(MESSAGE)).toEqual(DELIVERED);
    expect(host).toBe('collector.test:4318');
    const authorization = `Basic ${Buffer.from('us@er:pw').toString('base64')}`;
    expect(proxy.asked).toEqual([{ line: 'POST http://collector.test:4318/v1/traces', authorization }]);
  });

  test('HTTPS goes by one tunnel for all requests', async () => {
    const server = createTlsServer(
      TLS,
      (request, response) => void request.resume().on('end', () => response.end()),
    );
    const proxy = await proxyTo(await listening(server));
    const settings = { httpAgentOptions: { ca: pem('ca.pem'), servername: 'localhost' } };
    const env = { HTTPS_PROXY: `127.0.0.1:${proxy.port}` };
    const sender = senderTo('https://collector.test', settings, patient(), env);
    for (let sent = 0; sent < 3; sent++) expect(await sender.send(MESSAGE)).toEqual(DELIVERED);
    expect(proxy.asked).toEqual([{ line: 'CONNECT collector.test:443', authorization: undefined }]);
  });

  test('gRPC goes by a tunnel', async () => {
    const proxy = await proxyTo(await grpcOn(createHttp2Server()));
    const env = { http_proxy: `http://127.0.0.1:${proxy.port}` };
    const sender = senderTo('http://collector.test:4317', { protocol: 'grpc' }, patient(), env);
    for (let sent = 0; sent < 3; sent++) expect(await sender.send(MESSAGE)).toEqual(DELIVERED);
    expect(proxy.asked.map(({ line }) => line)).toEqual(['CONNECT collector.test:4317']);
  });

  test('gRPC with TLS goes by a tunnel', async () => {
    const proxy = await proxyTo(await grpcOn(createSecureServer(TLS)));
    const env = { https_proxy: `http://127.0.0.1:${proxy.port}` };
    const httpAgentOptions = { ca: pem('ca.pem'), servername: 'localhost' };
    const sender = senderTo('https://collector.test', { protocol: 'grpc', httpAgentOptions }, patient(), env);
    expect(await sender.send(MESSAGE)).toEqual(DELIVERED);
    expect(proxy.asked.map(({ line }) => line)).toEqual(['CONNECT collector.test:443']);
  });

  test.each<[string, OtlpSettings]>([
    ['HTTPS', {}],
    ['gRPC', { protocol: 'grpc' }],
  ])('%s says what the proxy answered, without its credentials', async (_, settings) => {
    const proxy = await proxyTo(1, { refuse: 407 });
    const env = { HTTPS_PROXY: `http://user:hunter2@127.0.0.1:${proxy.port}` };
    const sender = senderTo('https://collector.test', settings, patient(), env);
    expect(await sender.send(MESSAGE)).toEqual({
      outcome: 'failed',
      reason: `the proxy http://127.0.0.1:${proxy.port}: HTTP 407 to CONNECT`,
    });
    expect(proxy.asked).toHaveLength(1);
  });

  test('a proxy that is not there is final when the process ends', async () => {
    const env = { HTTPS_PROXY: 'http://127.0.0.1:1' };
    const sender = senderTo('https://collector.test', {}, patient(), env);
    expect(await sender.send(MESSAGE, { ending: () => true })).toEqual({
      outcome: 'failed',
      reason: 'the proxy http://127.0.0.1:1: ECONNREFUSED',
    });
  });

  test('a proxy that says nothing does not outlast the deadline', async () => {
    const url = await rawCollector(() => {});
    for (const settings of [{}, { protocol: 'grpc' }] as const) {
      const sender = senderTo(
        'https://c.test',
        { ...settings, timeoutMillis: 100 },
        {},
        { HTTPS_PROXY: url },
      );
      expect(await sender.send(MESSAGE)).toMatchObject({
        outcome: 'failed',
        reason: expect.stringMatching(/no answer (within 100 ms|in time)/),
      });
    }
  });
});

describe('an agent of the host', () => {
  const counting = () => {
    const agent = new Agent();
    const spy = jest.spyOn(agent as unknown as { addRequest(): void }, 'addRequest');
    closeLater(() => agent.destroy());
    return { agent, spy };
  };

  test('is used as it is, and not closed', async () => {
    const url = await collector((_, response) => response.end());
    const { agent, spy } = counting();
    const destroyed = jest.spyOn(agent, 'destroy');
    const sender = senderTo(url, { httpAgentOptions: agent });
    expect(await sender.send(MESSAGE)).toEqual(DELIVERED);
    sender.close();
    expect(spy).toHaveBeenCalledTimes(1);
    expect(destroyed).not.toHaveBeenCalled();
  });

  test('is made once by a function, which is told the protocol', async () => {
    const url = await collector((_, response) => response.end());
    const { agent, spy } = counting();
    const make = jest.fn(async (_protocol: string) => agent);
    const sender = senderTo(url, { httpAgentOptions: make });
    await sender.send(MESSAGE);
    expect(await sender.send(MESSAGE)).toEqual(DELIVERED);
    expect(make.mock.calls).toEqual([['http:']]);
    expect(spy).toHaveBeenCalledTimes(2);
  });

  test('that cannot be made, or does not fit, fails the export and says why', async () => {
    const url = await collector((_, response) => response.end());
    let made = 0;
    const make = () => {
      if (made++ === 0) throw new Error('no agent today');
      return new Agent();
    };
    const sender = senderTo(url, { httpAgentOptions: make });
    expect(await sender.send(MESSAGE)).toEqual({ outcome: 'failed', reason: 'no agent today' });
    expect(await sender.send(MESSAGE)).toEqual(DELIVERED);
    const misfit = senderTo('https://127.0.0.1', { httpAgentOptions: new Agent() });
    expect(await misfit.send(MESSAGE)).toEqual({
      outcome: 'failed',
      reason: expect.stringContaining('ERR_INVALID_PROTOCOL'),
    });
  });
});
