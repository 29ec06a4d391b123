import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkConfiguration } from '../../tools/collector/check-configuration.js';
import { combinations, SAMPLE_ENVIRONMENT } from '../../tools/collector/combinations.js';
import { readConfiguration } from '../../tools/collector/configuration-file.js';
import { validate } from '../../tools/collector/otelcol.js';
import { collectorFile, ROOT } from '../../tools/stack/native/programs.js';
import { eventually, eventuallyEqual } from './support/eventually.js';
import { ALLOWED, DENIED } from './support/kernel-host.js';
import { observed } from './support/observed.js';
import { sendEvents } from './support/otlp-logs.js';
import { stackOfEachTest, TestStack } from './support/test-stack.js';

const FOLDER = join(ROOT, 'otel-collector');
/** Components of the contrib image that the native build has not, since each brings a vendor's SDK. */
const CONTRIB_ONLY = ['datadog (exporters)', 'resource_detection (processors)'];

const stackOf = stackOfEachTest();

describe('the real Collector', () => {
  const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...SAMPLE_ENVIRONMENT };
  const check = (files: readonly string[]) =>
    validate(stackOf().settings.binaries.otelcol, files, environment);

  it('accepts every file of backends/ with base, and every combination that the documents name', () => {
    const outcomes = combinations(FOLDER).map((names) => {
      const files = readConfiguration(names, FOLDER);
      expect(checkConfiguration(files, environment).problems).toEqual([]);
      const { accepted, missing, said } = check(files.map(({ path }) => path));
      return { names: names.join(' + '), accepted, missing, said };
    });
    const refused = outcomes.filter(({ accepted, missing }) => !accepted && missing.length === 0);
    expect(refused).toEqual([]);
    const unchecked = outcomes.filter(({ accepted }) => !accepted);
    expect([...new Set(unchecked.flatMap(({ missing }) => missing))].sort()).toEqual(CONTRIB_ONLY);
    observed('validation', 'every file of backends/ merged with base, before the real Collector', [
      `${outcomes.length - unchecked.length} of ${outcomes.length} combinations accepted`,
      `checked by structure, merge and variables alone, for want of ${CONTRIB_ONLY.join(' and ')} in the native build: ${unchecked.map(({ names }) => names).join('; ')}`,
    ]);
  });

  it('refuses a backend file with a setting that no exporter has', () => {
    const broken = join(stackOf().folder('broken'), 'jaeger.yaml');
    const jaeger = readFileSync(collectorFile('backends/jaeger'), 'utf8');
    writeFileSync(broken, jaeger.replace('sending_queue:', 'sending_kew:'));
    const { accepted, missing, said } = check([collectorFile('base'), broken]);
    expect({ accepted, missing }).toEqual({ accepted: false, missing: [] });
    expect(said).toContain('sending_kew');
    observed('validation', 'a deliberately broken backend file', ['refused: has invalid keys: sending_kew']);
  });
});

describe('the file', () => {
  it('prometheus-remote-write.yaml stores metrics under their own names', async () => {
    const stack = stackOf();
    await stack.startPrometheus({}, ['--web.enable-remote-write-receiver']);
    await stack.startCollector({
      files: ['base', 'backends/prometheus-remote-write'],
      env: {
        REMOTE_WRITE_URL: `http://127.0.0.1:${stack.settings.ports.prometheus}/api/v1/write`,
      },
    });
    const kernel = await stack.startHost();
    await kernel.act('agent-1', ALLOWED, 7);
    const { prometheus } = stack;
    await eventuallyEqual('requests', () => prometheus.sum('agent_os_requests_total'), 7);
    const bucket = 'agent_os_policy_check_duration_seconds_bucket{le="+Inf"}';
    await eventuallyEqual('policy checks', () => prometheus.sum(bucket), 7);
    observed('backends', 'prometheus-remote-write', ['into a real Prometheus: names verbatim, values equal']);
  });

  it('tempo.yaml delivers traces by OTLP over gRPC', async () => {
    const stack = stackOf();
    await stack.startJaeger();
    await stack.startCollector({
      files: ['base', 'backends/tempo'],
      env: { TEMPO_ENDPOINT: `127.0.0.1:${stack.settings.ports.jaegerOtlpGrpc}`, TEMPO_INSECURE: 'true' },
    });
    const kernel = await stack.startHost();
    const [traceId] = await kernel.act('agent-1', DENIED);
    await kernel.flush();
    await eventuallyEqual('traces', () => stack.jaeger.traceIds('e2e-kernel'), [traceId!]);
    observed('backends', 'tempo', ['into Jaeger’s OTLP receiver, which stands in for Tempo’s']);
  });

  it('debug.yaml prints them', async () => {
    const stack = stackOf();
    const collector = await stack.startCollector({ files: ['base', 'backends/debug'] });
    const kernel = await stack.startHost();
    const [traceId] = await kernel.act('agent-1', DENIED);
    await kernel.flush();
    const { logFile } = collector.settings;
    await eventually('the trace in the log', async () =>
      readFileSync(logFile, 'utf8').includes(traceId!) ? true : undefined,
    );
    observed('backends', 'debug', ['the trace in the Collector’s output']);
  });
});

describe('the tiers of gateway/', () => {
  it('hand traces, metrics and events from an agent to a gateway that samples', async () => {
    const stack = stackOf();
    const { ports } = stack.settings;
    const agent = await TestStack.create();
    try {
      await Promise.all([stack.startJaeger(), stack.startPrometheus()]);
      await stack.startCollector({
        files: ['base', 'gateway/gateway', 'backends/jaeger', 'backends/prometheus', 'backends/file'],
        env: { COLLECTOR_BASELINE_PERCENT: '0', COLLECTOR_SLOW_MS: '60000' },
      });
      await agent.startCollector({
        files: ['gateway/agent'],
        env: {
          GATEWAY_HOST: 'localhost',
          GATEWAY_PORT: String(ports.otlpGrpc),
          GATEWAY_INSECURE: 'true',
          KERNEL_METRICS_TARGET: `127.0.0.1:${stack.kernelPort}`,
        },
      });
      const kernel = await stack.startHost({ otlp: { endpoint: agent.otlpUrl } });
      await kernel.act('agent-1', ALLOWED, 100);
      const [denied] = await kernel.act('agent-1', DENIED);
      await kernel.flush();
      await eventuallyEqual('traces', () => stack.jaeger.traceIds('e2e-kernel'), [denied!]);
      await eventuallyEqual('requests', () => stack.prometheus.sum('agent_os_requests_total'), 101);
      const attributes = { 'agent.id': 'agent-of-the-event' };
      await sendEvents(agent.otlpUrl, 'e2e-kernel', [{ name: 'agent_os.violation', attributes }]);
      const events = join(stack.settings.data, 'collector-files/logs.jsonl');
      await eventually('the event at the gateway', async () =>
        readFileSync(events, 'utf8').includes('agent-of-the-event') ? true : undefined,
      );
      observed('gateway', 'agent tier to gateway tier', [
        'of 101 traces the denied one in Jaeger, 101 requests in Prometheus, the event in a file; one gateway, found by DNS',
      ]);
    } finally {
      await agent.close();
    }
  });
});
