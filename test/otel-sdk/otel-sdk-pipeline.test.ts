import { ROOT_CONTEXT, SpanKind, trace, TraceFlags, type Attributes } from '@opentelemetry/api';
import { SDK_INFO } from '@opentelemetry/core';
import { AggregationTemporality } from '@opentelemetry/sdk-metrics';
import { DEFAULT_CARDINALITY_LIMITS } from '../../src/cardinality/cardinality-limits.js';
import { DropLog } from '../../src/diagnostics/drop-log.js';
import {
  otelSdkPipeline,
  type OtelSdkMetrics,
  type OtelSdkOptions,
  type OtelSdkPipeline,
  type OtelSdkTraces,
} from '../../src/otel-sdk/otel-sdk-pipeline.js';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { sdkLimits, sdkSampler } from '../../src/otel-sdk/traces/sdk-settings.js';
import { DEFAULT_SAMPLER, TraceSampler } from '../../src/pipeline/traces/sampler.js';
import { TraceId } from '../../src/pipeline/traces/span-ids.js';
import { DEFAULT_SPAN_LIMITS } from '../../src/pipeline/traces/span-limits.js';

const METRICS: OtelSdkMetrics = {
  cardinalityLimits: DEFAULT_CARDINALITY_LIMITS,
  collectionTimeoutMillis: 5000,
  createdSamples: false,
  readers: [],
  views: [],
  pushIntervalMillis: 3_600_000, // what is pushed is pushed by a flush
};
const TRACES: OtelSdkTraces = {
  exported: true,
  sizes: { maxQueueSize: 2048, maxExportBatchSize: 512, scheduledDelayMillis: 60_000 },
  spanProcessors: [],
  sampler: sdkSampler(DEFAULT_SAMPLER),
  spanLimits: sdkLimits(DEFAULT_SPAN_LIMITS),
};
const ATTRIBUTES: Attributes = { 'service.name': 'kernel', 'telemetry.sdk.name': 'ours', team: 'a' };

let receiver: OtlpReceiver;
const open: OtelSdkPipeline[] = [];
const environment = { ...process.env };
beforeEach(async () => (receiver = await startOtlpReceiver()));
afterEach(async () => {
  process.env = { ...environment };
  for (const { store, traces } of open.splice(0)) await Promise.all([store?.shutdown(), traces?.shutdown()]);
  await receiver.close();
});

const start = (options: Partial<OtelSdkOptions> = {}): OtelSdkPipeline => {
  const otlp = {
    endpoint: receiver.url,
    headers: undefined,
    compression: undefined,
    timeoutMillis: undefined,
    httpAgentOptions: undefined,
  };
  const resource = { attributes: ATTRIBUTES };
  const pipeline = otelSdkPipeline({
    ...{ resource, metrics: METRICS, traces: TRACES, otlp, drops: new DropLog() },
    ...options,
  });
  open.push(pipeline);
  return pipeline;
};

test('spans and metrics are sent by OTLP, with the resource that was given and the SDK that made them', async () => {
  const { store, traces } = start();
  traces!.tracerProvider.getTracer('host').startSpan('work').end();
  store!.meterProvider.getMeter('host').createCounter('orders').add(2, { kind: 'a' });
  expect(traces!.pending).toBe(1);
  await Promise.all([traces!.forceFlush(), store!.forceFlush()]);
  expect(traces!.pending).toBe(0);
  const resource = {
    'service.name': 'kernel',
    team: 'a',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': SDK_INFO['telemetry.sdk.version'],
  };
  expect(receiver.spans).toMatchObject([{ name: 'work', resource }]);
  expect(receiver.metrics).toMatchObject([{ name: 'orders', resource }]);
});

test('the page has what was recorded, and target_info of the resource', async () => {
  const { store } = start({ traces: undefined });
  store!.meterProvider.getMeter('host').createCounter('orders').add(2, { kind: 'a' });
  const page = await store!.export();
  expect(page).toContain('orders_total{kind="a"} 2');
  expect(page).toMatch(/^target_info\{.*service_name="kernel".*\} 1$/m);
});

test('what the options leave out, exporters read from the environment of the start', async () => {
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = receiver.url;
  process.env['OTEL_EXPORTER_OTLP_HEADERS'] = 'authorization=secret';
  process.env['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'] = 'delta';
  const { store, traces } = start({
    otlp: {
      endpoint: undefined,
      headers: undefined,
      compression: 'gzip',
      timeoutMillis: undefined,
      httpAgentOptions: undefined,
    },
  });
  process.env = { ...environment };
  traces!.tracerProvider.getTracer('host').startSpan('work').end();
  store!.meterProvider.getMeter('host').createCounter('orders').add(2);
  await Promise.all([traces!.forceFlush(), store!.forceFlush()]);
  for (const request of receiver.requests)
    expect(request).toMatchObject({ status: 200, encoding: 'gzip', headers: { authorization: 'secret' } });
  expect(receiver.requests).toHaveLength(2);
  expect(receiver.metrics[0]).toMatchObject({ temporality: 'delta' });
});

test("a host's own readers and span processors are told, onEnding included", async () => {
  const told: string[] = [];
  const processor = {
    onStart: () => void told.push('start'),
    onEnding: () => void told.push('ending'),
    onEnd: () => void told.push('end'),
    forceFlush: async () => {},
    shutdown: async () => void told.push('shutdown'),
  };
  const reader = {
    setMetricProducer: () => void told.push('bound'),
    selectAggregation: () => ({ type: 0 as const }),
    selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
    selectCardinalityLimit: () => 10,
    collect: async () => ({}) as never,
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const { traces } = start({
    metrics: { ...METRICS, readers: [reader], pushIntervalMillis: undefined },
    traces: { ...TRACES, exported: false, spanProcessors: [processor] },
  });
  traces!.tracerProvider.getTracer('host').startSpan('work').end();
  await traces!.shutdown();
  expect(told).toEqual(['bound', 'start', 'ending', 'end', 'shutdown']);
});

test('a sampler and limits that are given hold', async () => {
  const sampler = {
    shouldSample: (_: unknown, __: unknown, name: string) => ({ decision: name === 'b' ? 0 : 2 }),
  };
  const { traces } = start({
    metrics: undefined,
    traces: { ...TRACES, sampler: sampler, spanLimits: { attributeValueLengthLimit: 3 } },
  });
  const tracer = traces!.tracerProvider.getTracer('host');
  tracer.startSpan('a', { attributes: { text: 'abcdef' } }).end();
  tracer.startSpan('b').end();
  await traces!.forceFlush();
  expect(receiver.spans).toMatchObject([{ name: 'a', attributes: { text: 'abc' } }]);
});

test('parts that the host keeps itself are not made, and their packages not asked for', () => {
  const asked = jest.fn(() => undefined);
  const host = { nodeVersion: process.versions.node, version: asked, load: jest.fn() };
  expect(start({ metrics: undefined }).store).toBeUndefined();
  expect(start({ traces: undefined }).traces).toBeUndefined();
  const options = { resource: { attributes: {} }, metrics: undefined, traces: TRACES };
  const otlp = {} as OtelSdkOptions['otlp'];
  expect(() => otelSdkPipeline({ ...options, otlp, drops: new DropLog() }, host)).toThrow(
    expect.objectContaining({ code: 'AOO_PIPELINE_UNAVAILABLE' }),
  );
  expect(asked).not.toHaveBeenCalledWith('@opentelemetry/exporter-prometheus');
});

test.each([
  ['a root', undefined, 0.5],
  ['a child of a sampled span', TraceFlags.SAMPLED, 0],
  ['a child of a span that is not sampled', TraceFlags.NONE, 1],
])('a sampler of the environment decides of %s as our pipeline does', (_, parentFlags, share) => {
  const sampler = new TraceSampler(true, share);
  for (const digit of ['1', '7', '9', 'f']) {
    const traceId = `${digit}${'0'.repeat(30)}1`;
    const parent = { traceId, spanId: '00000000000000a1', traceFlags: parentFlags ?? TraceFlags.NONE };
    const context = parentFlags === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    const { decision } = sdkSampler(sampler).shouldSample(context, traceId, 's', SpanKind.INTERNAL, {}, []);
    expect(decision).toBe(sampler.samples(parentFlags, TraceId.of(traceId)) ? 2 : 0);
  }
});
