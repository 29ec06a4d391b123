// A path with a typo must be said at the start, and hold no end of a process up.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diag } from '@opentelemetry/api';
import { otlpTarget, type OtlpProtocol } from '../../src/pipeline/otlp/otlp-target.js';
import { observed } from './support.js';

const root = mkdtempSync(join(tmpdir(), 'unreadable-'));
const readable = join(root, 'ca.pem');
writeFileSync(readable, 'pem');
const VARIABLES = ['CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY'].map(
  (name) => `OTEL_EXPORTER_OTLP_${name}`,
);
const said: string[] = [];
beforeEach(() => {
  said.splice(0);
  const say = (message: string) => void said.push(message);
  const none = () => {};
  diag.setLogger({ error: say, warn: say, info: none, debug: none, verbose: none });
});
afterEach(() => {
  diag.disable();
  for (const name of VARIABLES) delete process.env[name];
});
afterAll(() => rmSync(root, { recursive: true }));

function warningsOf(env: Record<string, string>): string[] {
  const lines: string[] = [];
  otlpTarget('traces', {}, env, (name, message) => lines.push(`${name}: ${message}`));
  return lines;
}

test.each([...VARIABLES, 'OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY'])('%s', (name) => {
  const missing = join(root, 'missing.pem');
  expect(warningsOf({ [name]: missing })).toEqual([
    `${name}: ${name}: ${missing} cannot be read (ENOENT); it is tried again with each export.`,
  ]);
  expect(warningsOf({ [name]: root })).toEqual([expect.stringMatching(/\((EISDIR|no regular file)\)/)]);
  expect(warningsOf({ [name]: readable })).toEqual([]);
});

test('where nothing is encrypted no export waits for it', () => {
  const tlsTo = (endpoint: string) =>
    otlpTarget('traces', { endpoint }, { OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/ca' }, () => {})?.tls;
  expect(tlsTo('http://127.0.0.1:4318')).toEqual({});
  expect(tlsTo('https://127.0.0.1:4318')).toEqual({ ca: '/no/ca' });
});

test('one that the variable of the signal replaces is not looked at', () => {
  const env = { OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/ca', OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: readable };
  expect(warningsOf(env)).toEqual([]);
});

describe.each<OtlpProtocol>(['http/protobuf', 'grpc'])('by %s', (protocol) => {
  test.each(VARIABLES)(
    '%s is said once, and the end waits for it no longer than for nobody',
    async (name) => {
      process.env[name] = '/no/file.pem';
      const obs = observed({
        otlp: { endpoint: 'https://127.0.0.1:1', protocol },
        metrics: { otlp: true },
      });
      expect(
        said.filter((line) => line.includes(`${name}: /no/file.pem cannot be read (ENOENT)`)),
      ).toHaveLength(1);
      obs.policyCheck({ agentId: 'a', action: 'x', policy: 'p' } as never, () => 'allow' as never);
      const start = performance.now();
      await obs.shutdown();
      expect(performance.now() - start).toBeLessThan(500);
      expect(said.join('\n')).toMatch(/not delivered to .*TLS: the .* in \/no\/file\.pem cannot be read/);
    },
  );
});

test('at the deadline what failed last is named', async () => {
  const server = createServer((_, response) => void response.writeHead(503).end('busy'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const obs = observed({ otlp: { endpoint }, shutdownTimeoutMillis: 300 });
  obs.policyCheck({ agentId: 'a', action: 'x', policy: 'p' } as never, () => 'allow' as never);
  await obs.shutdown();
  server.close();
  expect(said.join('\n')).toMatch(/the shutdown deadline of 300 ms passed; before: .*503/);
});
