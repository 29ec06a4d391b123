import { copyFileSync, mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions, TLSSocket } from 'node:tls';
import type { Delivery } from '../../../src/pipeline/otlp/otlp-sender.js';
import type { OtlpProtocol } from '../../../src/pipeline/otlp/otlp-target.js';
import { closeLater, collector, listening, patient, senderTo } from './collectors.js';

const MESSAGE = Buffer.from('a message');
const DELIVERED: Delivery = { outcome: 'delivered', rejected: 0 };

const fileOf = (name: string) => join(__dirname, '../../support/fixtures/tls', name);
const pem = (name: string) => readFileSync(fileOf(name));

/** A receiver with TLS; gives its base URL and the names of the clients that it knows. */
async function secureCollector(
  protocol: OtlpProtocol,
  options: TlsOptions = {},
): Promise<{ url: string; clients: (string | undefined)[] }> {
  const clients: (string | undefined)[] = [];
  const tls = { key: pem('receiver.key'), cert: pem('receiver.pem'), ...options };
  const seen = (socket: TLSSocket) => clients.push(socket.getPeerCertificate().subject?.CN);
  if (protocol === 'grpc') {
    const server = createSecureServer(tls);
    server.on('session', (session) => {
      seen(session.socket as TLSSocket);
      closeLater(() => session.destroy());
    });
    server.on('sessionError', () => {});
    server.on('stream', (stream) => {
      stream.on('error', () => {});
      stream.resume();
      stream.on('end', () => {
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(Buffer.alloc(5));
      });
    });
    return { url: `https://localhost:${await listening(server as never)}`, clients };
  }
  const server = createServer(tls, (request, response) => {
    seen(request.socket as TLSSocket);
    request.resume().on('end', () => response.end());
  });
  return { url: `https://localhost:${await listening(server)}`, clients };
}

/** Files that a test may replace. */
function folder(): { path: (name: string) => string; put: (from: string, to: string) => void } {
  const root = mkdtempSync(join(tmpdir(), 'otlp-tls-'));
  closeLater(() => rmSync(root, { recursive: true }));
  let age = 1000;
  const path = (name: string) => join(root, name);
  const put = (from: string, to: string) => {
    copyFileSync(fileOf(from), path(to));
    utimesSync(path(to), age, age++); // two writes within one tick of the file system are two versions too
  };
  return { path, put };
}

describe.each<OtlpProtocol>(['http/protobuf', 'grpc'])('TLS with %s', (protocol) => {
  test('trusts the authority of an option', async () => {
    const { url } = await secureCollector(protocol);
    expect(await senderTo(url, { protocol, httpAgentOptions: { ca: pem('ca.pem') } }).send(MESSAGE)).toEqual(
      DELIVERED,
    );
  });

  test('trusts the authority of a variable, and shows the client of one', async () => {
    const { url, clients } = await secureCollector(protocol, { requestCert: true, ca: pem('ca.pem') });
    const env = {
      OTEL_EXPORTER_OTLP_CERTIFICATE: fileOf('ca.pem'),
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: fileOf('client.pem'),
      OTEL_EXPORTER_OTLP_CLIENT_KEY: fileOf('client.key'),
    };
    expect(await senderTo(url, { protocol }, patient(), env).send(MESSAGE)).toEqual(DELIVERED);
    expect(clients).toEqual(['client']);
  });

  test.each([
    [
      'an authority that is not known',
      {},
      /^TLS: .*\((UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)\)$/,
    ],
    [
      'a file that is not there',
      { OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/ca.pem' },
      /^TLS: the certificate authority in \/no\/ca\.pem cannot be read \(ENOENT\)/,
    ],
    ['a file that is no certificate', { OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: __filename }, /^TLS: /],
  ])('says that it is TLS: %s', async (_, env, reason) => {
    const { url } = await secureCollector(protocol);
    expect(await senderTo(url, { protocol }, patient(), env).send(MESSAGE)).toEqual({
      outcome: 'failed',
      reason: expect.stringMatching(reason),
    });
  });

  test('says that a name is not in the certificate', async () => {
    const { url } = await secureCollector(protocol);
    const httpAgentOptions = { ca: pem('ca.pem'), servername: 'elsewhere' };
    expect(await senderTo(url, { protocol, httpAgentOptions }).send(MESSAGE)).toEqual({
      outcome: 'failed',
      reason: expect.stringMatching(/^TLS: .*\(ERR_TLS_CERT_ALTNAME_INVALID\)/),
    });
  });

  test('says that the endpoint may speak plain HTTP', async () => {
    const url = (await collector((_, response) => response.end())).replace('http:', 'https:');
    expect(await senderTo(url, { protocol }).send(MESSAGE)).toEqual({
      outcome: 'failed',
      reason: expect.stringMatching(/^TLS: .*the endpoint may speak plain HTTP/),
    });
  });

  test('reads files again when they change', async () => {
    const { url, clients } = await secureCollector(protocol, {
      requestCert: true,
      rejectUnauthorized: true,
      ca: pem('ca.pem'),
    });
    const { path, put } = folder();
    put('ca.pem', 'ca');
    put('stranger.pem', 'cert');
    put('stranger.key', 'key');
    const env = {
      OTEL_EXPORTER_OTLP_CERTIFICATE: path('ca'),
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: path('cert'),
      OTEL_EXPORTER_OTLP_CLIENT_KEY: path('key'),
    };
    const clock = patient();
    const sender = senderTo(url, { protocol, timeoutMillis: 3000 }, clock, env);
    expect(await sender.send(MESSAGE)).toEqual({
      outcome: 'failed',
      reason: expect.stringMatching(/\bTLS\b/),
    });
    put('client.pem', 'cert');
    put('client.key', 'key');
    await clock.wait?.(5000, AbortSignal.abort());
    expect(await sender.send(MESSAGE)).toEqual(DELIVERED);
    expect(clients.at(-1)).toBe('client');
    rmSync(path('key')); // gone for a moment: the last one is good still
    await clock.wait?.(5000, AbortSignal.abort());
    expect(await sender.send(MESSAGE)).toEqual(DELIVERED);
  });
});

test('gRPC says that the endpoint offers no HTTP/2', async () => {
  const { url } = await secureCollector('http/protobuf');
  const settings = { protocol: 'grpc', httpAgentOptions: { ca: pem('ca.pem') } } as const;
  expect(await senderTo(url, settings).send(MESSAGE)).toEqual({
    outcome: 'failed',
    reason: expect.stringMatching(/^TLS: /),
  });
});
