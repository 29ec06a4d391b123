import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { configuredEnvironment } from '../../src/options/configuration-file.js';

const folder = mkdtempSync(join(tmpdir(), 'configuration-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = join(folder, 'otel.yaml');
function read(text: string, env: Record<string, string> = {}) {
  writeFileSync(path, text);
  const { env: found, problems, pathOf } = configuredEnvironment({ ...env, OTEL_CONFIG_FILE: path });
  return {
    env: found,
    problems: problems.map((one) => `${one.path}: ${one.received}`),
    problemsWhole: problems,
    pathOf,
  };
}
const HEAD = 'file_format: "1.0"\n';

/** All of it that this package has. */
const WHOLE = `
file_format: "1.1"
disabled: false
log_level: warn2
resource:
  attributes_list: team=soc,region=eu%20west
  attributes:
    - { name: service.name, value: kernel }
    - { name: team, value: "a, b", type: string }
attribute_limits: { attribute_value_length_limit: 100, attribute_count_limit: 12, attribute_value_depth_limit: 64 }
propagator:
  composite:
    - tracecontext:
    - baggage:
tracer_provider:
  processors:
    - batch:
        schedule_delay: 100
        max_queue_size: 10
        max_export_batch_size: 5
        export_timeout: 30000
        exporter:
          otlp_http:
            endpoint: https://collector.example/v1/traces
            headers_list: a=1,authorization=old
            headers:
              - { name: authorization, value: "Bearer a,b" }
            tls: { ca_file: /ca.pem, cert_file: /cert.pem, key_file: /key.pem }
            compression: gzip
            timeout: 1000
            encoding: json
  limits: { event_count_limit: 1, link_count_limit: 2, event_attribute_count_limit: 3, link_attribute_count_limit: 4 }
  sampler:
    parent_based:
      root: { trace_id_ratio_based: { ratio: 0.25 } }
      local_parent_sampled: { always_on: }
meter_provider:
  readers:
    - periodic:
        interval: 1000
        timeout: 900
        exporter: { otlp_grpc: { endpoint: "http://collector:4317", temporality_preference: delta } }
    - pull: { exporter: { prometheus/development: { host: 127.0.0.1, port: 9999 } } }
  exemplar_filter: trace_based
logger_provider:
  processors: []
  limits: { attribute_count_limit: 7 }
`;

test('every part that this package has takes the place of its variable', () => {
  const { env, problems } = read(WHOLE, {
    PATH: '/bin',
    OTEL_SERVICE_NAME: 'other',
    OTEL_BSP_SCHEDULE_DELAY: '1',
  });
  expect(problems).toEqual([]);
  expect(env).toEqual({
    PATH: '/bin',
    OTEL_SDK_DISABLED: 'false',
    OTEL_LOG_LEVEL: 'warn',
    OTEL_SERVICE_NAME: 'kernel',
    OTEL_RESOURCE_ATTRIBUTES: 'team=soc,region=eu%20west,team=a%2C%20b',
    OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '100',
    OTEL_ATTRIBUTE_COUNT_LIMIT: '12',
    OTEL_PROPAGATORS: 'tracecontext,baggage',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OTEL_BSP_MAX_QUEUE_SIZE: '10',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '5',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector.example/v1/traces',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'a=1,authorization=old,authorization=Bearer%20a%2Cb',
    OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: '/ca.pem',
    OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: '/cert.pem',
    OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: '/key.pem',
    OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '1000',
    OTEL_SPAN_EVENT_COUNT_LIMIT: '1',
    OTEL_SPAN_LINK_COUNT_LIMIT: '2',
    OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '3',
    OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '4',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
    OTEL_METRICS_EXPORTER: 'otlp,prometheus',
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_METRIC_EXPORT_TIMEOUT: '900',
    OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://collector:4317',
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
    OTEL_EXPORTER_PROMETHEUS_PORT: '9999',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '7',
  });
});

test('a signal that the file leaves out is not sent', () => {
  expect(read(HEAD).env).toEqual({
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
  });
});

test.each([
  ['always_on:', 'always_on'],
  ['always_off: {}', 'always_off'],
  ['trace_id_ratio_based:', 'traceidratio'],
  ['parent_based:', 'parentbased_always_on'],
  ['parent_based: { root: { always_off: } }', 'parentbased_always_off'],
])('sampler %s is %s', (sampler, name) => {
  const { env, problems } = read(`${HEAD}tracer_provider: { processors: [], sampler: { ${sampler} } }`);
  expect(problems).toEqual([]);
  expect(env['OTEL_TRACES_SAMPLER']).toBe(name);
});

const BATCH = (exporter: string) =>
  `${HEAD}tracer_provider: { processors: [{ batch: { exporter: { ${exporter} } } }] }`;

test.each([
  ['file_format: "0.4"', 'file_format: 0.4'],
  ['disabled: true', 'file_format: nothing'],
  ['- a', '(all of it): a list'],
  [`${HEAD}tracer: {}`, 'tracer: a part that this package has not'],
  [
    `${HEAD}instrumentation/development: { js: }`,
    'instrumentation/development: a part that this package has not',
  ],
  [`${HEAD}disabled: "yes"`, 'disabled: a string (not shown)'],
  [`${HEAD}log_level: loud`, 'log_level: "loud"'],
  [
    `${HEAD}resource: { attributes: [{ name: a, value: 1 }] }`,
    'resource.attributes[0]: an attribute that cannot be read',
  ],
  [
    `${HEAD}propagator: { composite: [{ b3: }] }`,
    'propagator.composite[0].b3: a part that this package has not',
  ],
  [
    BATCH('console:'),
    'tracer_provider.processors[0].batch.exporter.console: a part that this package has not',
  ],
  [BATCH('otlp_http:, otlp_grpc:'), 'tracer_provider.processors[0].batch.exporter: otlp_http and otlp_grpc'],
  [BATCH('otlp_http: { timeout: 0 }'), 'tracer_provider.processors[0].batch.exporter.otlp_http.timeout: 0'],
  [
    BATCH('otlp_http: { compression: zip }'),
    'tracer_provider.processors[0].batch.exporter.otlp_http.compression: "zip"',
  ],
  [
    BATCH('otlp_http: { headers: [{ name: key, value: 5 }] }'),
    'tracer_provider.processors[0].batch.exporter.otlp_http.headers[0]: a header that cannot be read (not shown)',
  ],
  [
    BATCH('otlp_grpc: { tls: { insecure: true } }'),
    'tracer_provider.processors[0].batch.exporter.otlp_grpc.tls.insecure: true',
  ],
  [
    `${HEAD}tracer_provider: { processors: [{ simple: { exporter: { otlp_http: } } }] }`,
    'tracer_provider.processors[0].simple: a part that this package has not',
  ],
  [
    `${HEAD}tracer_provider: { processors: [{ batch: }, { batch: }] }`,
    'tracer_provider.processors: 2 of them',
  ],
  [`${HEAD}tracer_provider: { processors: {} }`, 'tracer_provider.processors: a mapping'],
  [
    `${HEAD}tracer_provider: { processors: [], sampler: { parent_based: { remote_parent_sampled: { always_off: } } } }`,
    'tracer_provider.sampler.parent_based.remote_parent_sampled: a mapping',
  ],
  [`${HEAD}meter_provider: { readers: [{ pull: }, { pull: }] }`, 'meter_provider.readers: pull, pull'],
  [
    `${HEAD}meter_provider: { readers: [], views: [] }`,
    'meter_provider.views: a part that this package has not',
  ],
  [`${HEAD}logger_provider: 3`, 'logger_provider: 3'],
])('%s is refused', (text, problem) => {
  expect(read(text).problems).toEqual([`OTEL_CONFIG_FILE ${problem}`]);
});

test.each([
  ['a: [', /, \w+ in line 1$/],
  [`a: &a [x]\nb: &b [${'*a,'.repeat(60)}]\nc: [${'*b,'.repeat(60)}]`, /\(ReferenceError\)$/],
  ['x'.repeat(1024 * 1024 + 1), /, which is larger$/],
])('%#: what is no such file is refused', (text, received) => {
  expect(read(text).problemsWhole).toMatchObject([
    { path: 'OTEL_CONFIG_FILE', received: expect.stringMatching(received) },
  ]);
});

test('what is not there, or cannot be read for want of a package, is refused', () => {
  const missing = configuredEnvironment({ OTEL_CONFIG_FILE: join(folder, 'none.yaml') });
  expect(missing.problems).toMatchObject([{ received: expect.stringContaining('ENOENT') }]);
  writeFileSync(path, HEAD);
  const without = configuredEnvironment({ OTEL_CONFIG_FILE: path }, () => {
    throw new Error('Cannot find module');
  });
  expect(without.problems).toMatchObject([{ accepted: expect.stringContaining('npm install yaml') }]);
});

test('without a file the environment stays as it is', () => {
  const env = { OTEL_SERVICE_NAME: 'a', OTEL_CONFIG_FILE: ' ' };
  expect(configuredEnvironment(env)).toEqual({ env, problems: [] });
});

describe('variables in the file', () => {
  const port = (text: string, env = {}) =>
    read(
      `${HEAD}meter_provider:\n  readers:\n    - pull:\n        exporter:\n          prometheus/development:\n            port: ${text}\n`,
      env,
    );
  const named = (text: string, env = {}) =>
    read(`${HEAD}resource:\n  attributes:\n    - name: service.name\n      value: ${text}\n`, env);
  const name = (text: string, env = {}) => named(text, env).env['OTEL_SERVICE_NAME'];

  test('have the type that their text has, where they stand in no quotes', () => {
    expect(port('${PORT}', { PORT: '9000' }).env['OTEL_EXPORTER_PROMETHEUS_PORT']).toBe('9000');
    expect(port('"${PORT}"', { PORT: '9000' }).problems).toHaveLength(1);
    expect(port('${env:PORT:-9001}').env['OTEL_EXPORTER_PROMETHEUS_PORT']).toBe('9001');
    expect(port('${PORT}').env['OTEL_EXPORTER_PROMETHEUS_PORT']).toBeUndefined(); // empty is nothing, as null
  });

  test('stand within text, and $$ is a dollar', () => {
    expect(name('"${A}-$${A}-${B:-b}"', { A: 'x' })).toBe('x-${A}-b');
    expect(name('a${A}', { A: 'x' })).toBe('ax');
  });

  test('never become more than one value', () => {
    const any = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(any, (value) => {
        expect(named('"${A}"', { A: value })).toMatchObject({
          problems: [],
          env: { OTEL_SERVICE_NAME: value },
        });
        const { env, problems } = named('${A}', { A: `${value}\ndisabled: true` });
        expect(env['OTEL_SDK_DISABLED']).toBeUndefined();
        expect(problems.length + Number('OTEL_SERVICE_NAME' in env)).toBe(1);
      }),
    );
  });
});
