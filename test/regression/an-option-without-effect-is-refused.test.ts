import { createServer } from 'node:http';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  InMemoryMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { AlwaysOnSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { readEnvironment } from '../../src/options/environment.js';
import { optionProblems } from '../../src/options/validation.js';

// These were taken at start-up, and the host waited in vain for what they ask.

const meterProvider = new MeterProvider();
const tracerProvider = new BasicTracerProvider();
const loggerProvider = { getLogger: () => ({ emit() {} }) };
const processor = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} };
const reader = () =>
  new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(0),
    exportIntervalMillis: 3_600_000,
  });
const server = createServer();
const sampler = new AlwaysOnSampler();

const problemsOf = (options: object, env: Record<string, string> = {}) =>
  optionProblems(
    { serviceName: 'kernel', ...options },
    readEnvironment(env, () => {}),
  );

test.each<[object, string, string]>([
  [
    { tracerProvider, traces: { spanProcessors: [processor] } },
    'traces.spanProcessors',
    'an array while tracerProvider is an object',
  ],
  [{ tracerProvider, traces: { sampler } }, 'traces.sampler', 'an object while tracerProvider is an object'],
  [
    { tracerProvider, traces: { maxQueueSize: 9 } },
    'traces.maxQueueSize',
    '9 while tracerProvider is an object',
  ],
  [
    { tracerProvider, loggerProvider, otlp: { endpoint: 'http://c:4318' } },
    'otlp.endpoint',
    '"http://c:4318" while tracerProvider is an object and loggerProvider is an object',
  ],
  [
    { tracerProvider, loggerProvider, otlp: {} },
    'otlp',
    'an object while tracerProvider is an object and loggerProvider is an object',
  ],
  [
    { tracerProvider, loggerProvider, meterProvider, otlp: { timeoutMillis: 5 } },
    'otlp.timeoutMillis',
    '5 while tracerProvider is an object and loggerProvider is an object',
  ],
  [
    { loggerProvider, events: { maxQueueSize: 9 } },
    'events.maxQueueSize',
    '9 while loggerProvider is an object',
  ],
  [{ otlp: false, events: { spoolFolder: 'f' } }, 'events.spoolFolder', '"f" while otlp is false'],
  [
    { tracerProvider, events: { maxQueueSize: 9 } },
    'events.maxQueueSize',
    '9 while tracerProvider is an object',
  ],
  [
    { tracerProvider, meterProvider, resource: { a: 1 } },
    'resource',
    'an object while meterProvider is an object and tracerProvider is an object',
  ],
  [
    { tracerProvider, meterProvider, environment: 'eu' },
    'environment',
    '"eu" while meterProvider is an object and tracerProvider is an object',
  ],
  [{ meterProvider, prometheus: { port: 0 } }, 'prometheus.port', '0 while meterProvider is an object'],
  [
    { meterProvider, metrics: { readers: [reader()] } },
    'metrics.readers',
    'an array while meterProvider is an object',
  ],
  [{ meterProvider, metrics: { otlp: true } }, 'metrics.otlp', 'true while meterProvider is an object'],
  [
    { meterProvider, metrics: { exportIntervalMillis: 5000 } },
    'metrics.exportIntervalMillis',
    '5000 while meterProvider is an object',
  ],
  [
    { meterProvider, tracerProvider, pipeline: 'native' },
    'pipeline',
    '"native" while meterProvider is an object and tracerProvider is an object',
  ],
  [
    { pipeline: 'otel-sdk', otlp: { protocol: 'grpc' } },
    'otlp.protocol',
    '"grpc" while pipeline is "otel-sdk"',
  ],
  [
    { pipeline: 'otel-sdk', traces: { maxQueueBytes: 100_000 } },
    'traces.maxQueueBytes',
    '100000 while pipeline is "otel-sdk"',
  ],
  [{ meterProvider, metrics: { views: [{}] } }, 'metrics.views', 'an array while meterProvider is an object'],
  [
    { meterProvider, metrics: { createdSamples: true } },
    'metrics.createdSamples',
    'true while meterProvider is an object',
  ],
  [
    { meterProvider, metrics: { exemplars: true } },
    'metrics.exemplars',
    'true while meterProvider is an object',
  ],
  [
    { meterProvider, metrics: { idleExpiryMillis: 5 } },
    'metrics.idleExpiryMillis',
    '5 while meterProvider is an object',
  ],
  [
    { pipeline: 'otel-sdk', metrics: { exemplars: true } },
    'metrics.exemplars',
    'true while pipeline is "otel-sdk"',
  ],
  [
    { metrics: { store: 'stock', idleExpiryMillis: 5 } },
    'metrics.idleExpiryMillis',
    '5 while pipeline is "otel-sdk"',
  ],
  [{ metrics: { views: [{}] } }, 'metrics.views', 'an array while pipeline is "native"'],
  [
    { prometheus: { server, port: 0, unauthenticated: true } },
    'prometheus.port',
    '0 while prometheus.server is an object',
  ],
  [
    { prometheus: { server, host: '::1', unauthenticated: true } },
    'prometheus.host',
    '"::1" while prometheus.server is an object',
  ],
  [{ otlp: false, metrics: { otlp: true } }, 'metrics.otlp', 'true while otlp is false'],
  [{ otlp: false, traces: { maxQueueSize: 9 } }, 'traces.maxQueueSize', '9 while otlp is false'],
  [{ otlp: false, traces: { maxExportBatchSize: 9 } }, 'traces.maxExportBatchSize', '9 while otlp is false'],
  [
    { otlp: false, traces: { scheduledDelayMillis: 9 } },
    'traces.scheduledDelayMillis',
    '9 while otlp is false',
  ],
  [
    { metrics: { exportIntervalMillis: 5000 } },
    'metrics.exportIntervalMillis',
    '5000 while metrics.otlp is false',
  ],
  [
    { registerGlobally: false, propagators: [{ inject() {} }] },
    'propagators',
    'an array while registerGlobally is false',
  ],
])('%o is refused, and both options are named', (options, path, received) => {
  expect(problemsOf(options)).toEqual([
    { path, received, code: 'range', accepted: expect.stringMatching(/nothing/) },
  ]);
});

test.each<[string, object]>([
  ['exemplars that are off, by the official SDK', { pipeline: 'otel-sdk', metrics: { exemplars: false } }],
  [
    'a push that is off, beside own meters',
    { meterProvider, metrics: { otlp: false, createdSamples: false } },
  ],
  [
    'no readers and no processors',
    { meterProvider, tracerProvider, metrics: { readers: [] }, traces: { spanProcessors: [] } },
  ],
  [
    'limits and self-metrics beside own meters',
    { meterProvider, metrics: { cardinalityLimits: { id: 5 }, selfMetrics: true } },
  ],
  ['what is left out', { tracerProvider, traces: { sampler: undefined }, otlp: undefined }],
  ['an empty section', { tracerProvider, traces: {}, otlp: false }],
  [
    'a push by OTLP beside own tracers',
    { tracerProvider, otlp: { timeoutMillis: 5 }, metrics: { otlp: true } },
  ],
  [
    'an endpoint for events, and whose they are, beside the providers of the host',
    {
      tracerProvider,
      meterProvider,
      otlp: { timeoutMillis: 5 },
      resource: { a: 1 },
      events: { maxQueueSize: 9 },
    },
  ],
  [
    'processors and a sampler without OTLP',
    { otlp: false, traces: { spanProcessors: [processor], sampler } },
  ],
  ['a resource beside one provider of the host', { meterProvider, resource: { a: 1 }, environment: 'eu' }],
  [
    'the path and the timeout on the server of the host',
    { prometheus: { server, unauthenticated: true, path: '/m', timeoutMillis: 5 } },
  ],
])('%s may stay', (_, options) => expect(problemsOf(options)).toEqual([]));

test('the environment may give an option its effect', () => {
  const env = { OTEL_METRICS_EXPORTER: 'otlp' };
  expect(problemsOf({ metrics: { exportIntervalMillis: 5000 } }, env)).toEqual([]);
  expect(problemsOf({ tracerProvider, otlp: { timeoutMillis: 5 } }, env)).toEqual([]);
});

test('the environment never makes an option an error', () => {
  const env = {
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_PROPAGATORS: 'none',
    OTEL_METRICS_EXEMPLAR_FILTER: 'trace_based',
    OTEL_METRIC_EXPORT_INTERVAL: '5000',
    OTEL_BSP_MAX_QUEUE_SIZE: '9',
    OTEL_EXPORTER_PROMETHEUS_PORT: '0',
  };
  expect(problemsOf({ meterProvider, tracerProvider, registerGlobally: false }, env)).toEqual([]);
  expect(
    problemsOf(
      {
        pipeline: 'otel-sdk',
        prometheus: { server, unauthenticated: true },
        otlp: {},
        traces: { maxQueueSize: 9 },
      },
      env,
    ),
  ).toEqual([]);
});
