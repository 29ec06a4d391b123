import { createServer } from 'node:http';
import { join } from 'node:path';
import { readEnvironment } from '../../src/options/environment.js';
import type { Exclusion, OptionPath, OptionRow } from '../../src/options/option-row.js';
import { isSection, nameOf, OPTION_ROWS, OPTIONS, sectionOf } from '../../src/options/option-table.js';
import { resolveOptions } from '../../src/options/resolved-options.js';
import { optionProblems, rulesOf } from '../../src/options/validation.js';

const TLS = join(__dirname, '../support/fixtures/tls');
const noop = (): void => {};

/** A value that each option takes, and that asks for something. */
const USABLE: Readonly<Record<OptionPath, unknown>> = {
  serviceName: 'kernel',
  serviceVersion: '1',
  environment: 'eu',
  resource: { a: 1 },
  policyMode: 'enforce',
  pipeline: 'otel-sdk',
  prometheus: {},
  'prometheus.host': '::1',
  'prometheus.port': 1,
  'prometheus.path': '/m',
  'prometheus.server': createServer(),
  'prometheus.timeoutMillis': 7,
  'prometheus.auth': { bearer: { token: 'a-token' } },
  'prometheus.unauthenticated': true,
  'prometheus.tls': { certFile: `${TLS}/receiver.pem`, keyFile: `${TLS}/receiver.key` },
  'prometheus.allowedHosts': ['kernel.example'],
  'prometheus.socketPath': '/run/kernel/metrics.sock',
  'prometheus.socketMode': 0o660,
  live: true,
  workers: {},
  'workers.page': 'aggregate',
  'workers.gauges': { my_gauge: 'max', '*': 'last' },
  otlp: {},
  'otlp.endpoint': 'http://collector:4318',
  'otlp.protocol': 'grpc',
  'otlp.headers': { key: 'value' },
  'otlp.compression': 'gzip',
  'otlp.timeoutMillis': 7,
  'otlp.httpAgentOptions': {},
  traces: {},
  'traces.maxQueueSize': 1000,
  'traces.maxQueueBytes': 100_000,
  'traces.spoolFolder': '.cache/spool',
  'traces.maxSpoolBytes': 1_000_000,
  'traces.maxExportBatchSize': 7,
  'traces.scheduledDelayMillis': 7,
  'traces.spanProcessors': [{ onEnd: noop }],
  'traces.sampler': { shouldSample: noop },
  events: {},
  'events.spanEvents': true,
  'events.allows': true,
  'events.maxQueueSize': 1000,
  'events.maxQueueBytes': 100_000,
  'events.maxExportBatchSize': 7,
  'events.scheduledDelayMillis': 7,
  'events.spoolFolder': '.cache/spool',
  'events.maxSpoolBytes': 1_000_000,
  metrics: {},
  'metrics.cardinalityLimits': {},
  'metrics.cardinalityLimits.id': 7,
  'metrics.cardinalityLimits.open': 7,
  'metrics.cardinalityLimits.slug': 7,
  'metrics.cardinalityLimits.series': 7,
  'metrics.readers': [{ setMetricProducer: noop }],
  'metrics.views': [{}],
  'metrics.createdSamples': true,
  'metrics.exemplars': true,
  'metrics.idleExpiryMillis': 7,
  'metrics.otlp': true,
  'metrics.exportIntervalMillis': 7000,
  'metrics.exportTimeoutMillis': 7,
  'metrics.temporality': 'delta',
  'metrics.selfMetrics': true,
  registerGlobally: true,
  meterProvider: { getMeter: noop },
  tracerProvider: { getTracer: noop },
  loggerProvider: { getLogger: noop },
  propagators: [{ inject: noop }],
  exceptions: 'message',
  captureContent: true,
  genAiBridge: true,
  redact: (text: string) => text,
  diagnostics: 'error',
  signalHandlers: true,
  shutdownTimeoutMillis: 7,
  clock: () => 0,
};

/** Options that have these values at these paths. */
function optionsOf(values: Iterable<readonly [OptionPath, unknown]>): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [path, value] of values) {
    const section = sectionOf(path);
    const within = section === '' ? [] : section.split('.');
    const at = within.reduce((outer, key) => (outer[key] ??= {}) as Record<string, unknown>, options);
    at[nameOf(path)] = value;
  }
  return options;
}

const problemsOf = (values: readonly (readonly [OptionPath, unknown])[]) =>
  optionProblems(optionsOf([['serviceName', 'kernel'], ...values]), new Map());

const leaves = OPTION_ROWS.map(([path]) => path).filter((path) => !isSection(path));
const needsOf = (path: OptionPath) =>
  rulesOf(path).needs.map(({ option, is = USABLE[option] }): [OptionPath, unknown] => [option, is]);

describe.each(OPTION_ROWS)('%s', (path, { check, env }) => {
  test('takes what it says, and nothing that no option takes', () => {
    expect(problemsOf([[path, USABLE[path]], ...needsOf(path)])).toEqual([]);
    expect(problemsOf([[path, Symbol('odd')]])).toEqual([
      { path, received: expect.stringMatching(/^symbol/i), code: check.code, accepted: check.accepts },
    ]);
  });

  if (env !== undefined) {
    test(`keeps its default where ${env.name} cannot be used, with one warning`, () => {
      const said: string[] = [];
      const unusable = path === 'serviceName' ? ' ' : '\u0000';
      const settings = readEnvironment({ [env.name]: unusable }, (name) => said.push(name));
      expect(settings.has(path)).toBe(false);
      expect(said).toEqual(path === 'serviceName' ? [] : [env.name]);
    });
  }
});

const exclusions = leaves.flatMap((path) =>
  rulesOf(path).excludes.map((rule): [OptionPath, OptionPath, Exclusion] => [path, rule.option, rule]),
);
test.each(exclusions)('%s is refused beside %s, and both are named', (path, other, rule) => {
  const value = 'is' in rule ? rule.is : USABLE[other];
  const further: [OptionPath, unknown][] = rule.and ? [[rule.and, USABLE[rule.and]]] : [];
  const given: [OptionPath, unknown][] = [[path, USABLE[path]], [other, value], ...further];
  const found = problemsOf(given).find((problem) => problem.path === path);
  expect(found?.received).toContain(` while ${other} is `);
  expect(found?.accepted).toContain('nothing');
});

const needs = leaves.flatMap((path) => rulesOf(path).needs.map((rule) => [path, rule.option] as const));
test.each(needs)('%s is refused without its %s, and both are named', (path, other) => {
  const found = problemsOf([[path, USABLE[path]]]);
  expect(found).toMatchObject([{ path, received: expect.stringContaining(` while ${other} is `) }]);
});

test.each(leaves)('the setting of %s is that of the option, and else the default', (path) => {
  const settingOf = (options: object): unknown =>
    path
      .split('.')
      .reduce<unknown>(
        (within, key) => (within as Record<string, unknown>)[key],
        resolveOptions(options, new Map()),
      );
  const row: OptionRow = OPTIONS[path];
  expect(settingOf(optionsOf([[path, USABLE[path]]]))).toBe(USABLE[path]);
  if ('default' in row) expect(settingOf({})).toBe(row.default);
});

test('what a host sets wins over the environment', () => {
  const env = readEnvironment({ OTEL_EXPORTER_PROMETHEUS_PORT: '1', OTEL_METRICS_EXPORTER: 'otlp' }, noop);
  expect(resolveOptions({}, env)).toMatchObject({
    prometheus: { port: 1 },
    servesPage: false,
    pushMetrics: true,
  });
  const options = { prometheus: { port: 2 }, metrics: { otlp: false } };
  expect(resolveOptions(options, env)).toMatchObject({
    prometheus: { port: 2 },
    servesPage: true,
    pushMetrics: false,
  });
});
