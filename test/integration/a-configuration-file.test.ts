import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initObservability } from '../../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'configuration-'));
const path = join(folder, 'otel.yaml');
const before = process.env;
afterEach(() => (process.env = before));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function configure(text: string, env: Record<string, string> = {}): void {
  writeFileSync(path, text);
  process.env = { ...before, ...env, OTEL_CONFIG_FILE: path };
}

test('a file alone starts it: page, spans, and nothing that the file has not', async () => {
  const requests: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  const collector = createServer(({ url, headers }, response) => {
    requests.push({ url, headers });
    response.setHeader('content-type', 'application/x-protobuf').end();
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  configure(
    `
file_format: "1.0"
resource:
  attributes:
    - name: service.name
      value: \${KERNEL:-kernel}
tracer_provider:
  processors:
    - batch:
        exporter:
          otlp_http:
            endpoint: http://127.0.0.1:${port}/custom
            headers:
              - name: x-team
                value: "soc, \${TEAM}"
meter_provider:
  readers:
    - pull:
        exporter:
          prometheus/development:
            port: 0
`,
    { TEAM: 'eu', OTEL_SERVICE_NAME: 'not this one', OTEL_TRACES_SAMPLER: 'always_off' },
  );
  const obs = initObservability({ registerGlobally: false, signalHandlers: false });
  try {
    const { metricsUrl } = await obs.ready;
    expect(await (await fetch(metricsUrl!)).text()).toContain('service_name="kernel"');
    obs.violation({ agentId: 'a', action: 'read', policy: 'files', severity: 'high', blocked: true });
    obs.tracer.execute({ agentId: 'a', action: 'read' }, () => {});
    await obs.forceFlush();
  } finally {
    await obs.shutdown();
    collector.close();
  }
  expect(new Set(requests.map((one) => one.url))).toEqual(new Set(['/custom']));
  expect(requests[0]!.headers['x-team']).toBe('soc, eu');
});

test('what is wrong in the file and in the options is told at once, and no value of a header', () => {
  configure(`
file_format: "1.0"
tracer_provider:
  processors:
    - batch:
        exporter:
          otlp_http:
            headers:
              - { name: authorization, value: [hunter2] }
meter_provider:
  readers:
    - pull: { exporter: { prometheus/development: { port: 70000 } } }
    - periodic: { exporter: { console: } }
`);
  const start = () => initObservability({ pipeline: 'otel-sdk', policyMode: 5 as never });
  expect(start).toThrow(/headers\[0\][^]*console[^]*pipeline[^]*70000[^]*serviceName[^]*policyMode/);
  expect(start).not.toThrow(/hunter2/);
});

test('a file can switch all of it off', async () => {
  configure('file_format: "1.0"\ndisabled: true\n');
  const obs = initObservability();
  expect(await obs.export()).toMatch(/disabled/);
});
