import { diag } from '@opentelemetry/api';
import type { ObservabilityError, ObservabilityOptions } from '../../src/index.js';
import { observed } from './support.js';

// These were taken at start-up and failed later: at each scrape, at each export, or without a word.

const problemsOf = (options: unknown) => {
  try {
    observed(options as ObservabilityOptions);
  } catch (error) {
    return (error as ObservabilityError).problems;
  }
  return [];
};

test.each([
  ['a bigint', 10n],
  ['NaN', NaN],
  ['infinity', Infinity],
  ['null', null],
  ['an object', {}],
  ['a function', () => {}],
  ['a symbol', Symbol('build')],
  ['an array of bigints', [1n]],
  ['an array of two types', [1, 'a']],
  ['an array of arrays', [[1]]],
])('a resource value that is %s is refused, and named', (_, value) => {
  expect(problemsOf({ resource: { region: 'eu', build: value } })).toMatchObject([
    {
      path: 'resource',
      code: 'type',
      received: expect.stringContaining('"build"'),
      accepted: expect.stringContaining('finite numbers'),
    },
  ]);
});

test('a resource of text, numbers, booleans, arrays of them and nothing is taken', () => {
  const resource = { a: 'x', b: 1.5, c: false, d: ['x', 'y'], e: [1, 2], f: [true], g: [], h: undefined };
  expect(problemsOf({ resource })).toEqual([]);
});

test.each([
  'http://localhost:4318?key=v',
  'http://localhost:4318/#part',
  'http://localhost:4318/v1/traces',
  'http://localhost:4318/v1/traces/',
  'https://collector.example/otlp/v1/metrics',
])('the endpoint %s is refused', (endpoint) => {
  expect(problemsOf({ otlp: { endpoint } })).toMatchObject([
    { path: 'otlp.endpoint', code: 'format', accepted: expect.stringContaining('/v1/traces is appended') },
  ]);
});

test('an endpoint with a path of its own is taken', () => {
  expect(problemsOf({ otlp: { endpoint: 'http://localhost:4318/tenant/v1/' } })).toEqual([]);
});

test.each<[string, Record<string, unknown>]>([
  ['a newline in its value', { key: 'a\nb' }],
  ['a carriage return in its value', { key: 'a\r' }],
  ['a character past Latin-1 in its value', { key: '€' }],
  ['a newline in its name', { 'k\ney': 'v' }],
  ['a space in its name', { 'k ey': 'v' }],
  ['no name', { '': 'v' }],
])('a header with %s is refused, and not shown', (_, headers) => {
  const problems = problemsOf({ otlp: { headers: { ...headers, token: 's3cret' } } });
  expect(problems).toMatchObject([{ path: 'otlp.headers', received: 'object (not shown)' }]);
});

test.each(['/métriques', '/指標', '/me trics', '/metrics?x', '/metrics#x', '/\u007f'])(
  'the path %j is refused',
  (path) => {
    expect(problemsOf({ prometheus: { path } })).toMatchObject([{ path: 'prometheus.path', code: 'format' }]);
  },
);

test('a push each millisecond is refused', () => {
  expect(problemsOf({ metrics: { exportIntervalMillis: 1 } })).toMatchObject([
    { path: 'metrics.exportIntervalMillis', accepted: expect.stringContaining('from 1000 ') },
  ]);
});

test('all of them are listed at once', () => {
  const problems = problemsOf({
    resource: { build: 1n },
    prometheus: { path: '/é' },
    otlp: { endpoint: 'http://localhost:4318?', headers: { 'k ey': 'v' } },
    metrics: { exportIntervalMillis: 999 },
  });
  expect(problems.map(({ path }) => path)).toEqual([
    'prometheus.path',
    'otlp.endpoint',
    'otlp.headers',
    'resource',
    'metrics.exportIntervalMillis',
  ]);
});

describe('in the environment', () => {
  const environment = { ...process.env };
  afterEach(() => {
    process.env = { ...environment };
    diag.disable();
  });

  test.each([
    ['OTEL_EXPORTER_PROMETHEUS_HOST', 'a b', { prometheus: { port: 0 } }],
    ['OTEL_EXPORTER_PROMETHEUS_HOST', 'http://127.0.0.1', { prometheus: { port: 0 } }],
    ['OTEL_METRIC_EXPORT_INTERVAL', '1', {}],
  ])('%s=%s is warned about once and not used', async (name, value, options) => {
    const said: string[] = [];
    const log = (message: string): void => void said.push(message);
    diag.setLogger({ error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} });
    process.env[name] = value;
    const obs = observed({ ...options, diagnostics: 'warn' });
    const { metricsUrl = 'http://127.0.0.1:' } = await obs.ready;
    expect(metricsUrl).toContain('http://127.0.0.1:');
    expect(said).toEqual([expect.stringContaining(`${name}="${value}" is not used`)]);
  });
});
