// A host that has OpenTelemetry SDK 3: its processors, sampler and readers get what ours records.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { initObservability } from 'agent-os-observability';

const start = (options) =>
  initObservability({
    serviceName: 'kernel',
    serviceVersion: '1.4.0',
    prometheus: false,
    otlp: false,
    signalHandlers: false,
    ...options,
  });

test('a BatchSpanProcessor of SDK 3 exports our spans and those of the global tracer', async () => {
  const exporter = new InMemorySpanExporter();
  const obs = start({ traces: { spanProcessors: [new BatchSpanProcessor({ exporter })] } });
  assert.throws(() =>
    obs.tracer.execute({ agentId: 'support-1', action: 'read' }, () => {
      trace
        .getTracer('host', '2.0.0')
        .startSpan('inner', { attributes: { list: ['a', 'b'] }, startTime: [1_700_000_000, 5] })
        .addEvent('seen', { count: 1 })
        .end([1_700_000_001, 7]);
      throw new TypeError('no');
    }),
  );
  await obs.forceFlush();
  const [inner, execute] = exporter.getFinishedSpans();
  assert.equal(inner.name, 'inner');
  assert.deepEqual(inner.attributes, { list: ['a', 'b'] });
  assert.deepEqual(
    [inner.startTime, inner.endTime],
    [
      [1_700_000_000, 5],
      [1_700_000_001, 7],
    ],
  );
  assert.deepEqual(inner.duration, [1, 2]);
  assert.equal(inner.events[0].name, 'seen');
  assert.equal(inner.instrumentationScope.name, 'host');
  assert.equal(inner.parentSpanContext.spanId, execute.spanContext().spanId);
  assert.equal(inner.ended, true);
  assert.equal(inner.resource.attributes['service.name'], 'kernel');
  assert.equal(execute.status.code, 2);
  assert.equal(execute.droppedAttributesCount, 0);
  await obs.shutdown();
});

test('what a processor sets while a span ends is exported', async () => {
  const exporter = new InMemorySpanExporter();
  const batches = new BatchSpanProcessor({ exporter });
  const marking = {
    onStart: (span) => span.setAttribute('started', true),
    onEnding: (span) => span.setAttribute('ending', true),
    onEnd: () => {},
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const obs = start({ traces: { spanProcessors: [marking, batches] } });
  obs.tracer.execute({ agentId: 'support-1', action: 'read' }, () => {});
  await obs.forceFlush();
  const [{ attributes }] = exporter.getFinishedSpans();
  assert.equal(attributes.started, true);
  assert.equal(attributes.ending, true);
  await obs.shutdown();
});

for (const [name, ratio, expected] of [
  ['nothing', 0, 0],
  ['everything', 1, 2],
])
  test(`a sampler of SDK 3 that samples ${name} is asked`, async () => {
    const exporter = new InMemorySpanExporter();
    const obs = start({
      traces: {
        sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
        spanProcessors: [new BatchSpanProcessor({ exporter })],
      },
    });
    obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {
      obs.tracer.policyCheck({ agentId: 'a', action: 'x', policy: 'p' }, () => true);
    });
    await obs.forceFlush();
    assert.equal(exporter.getFinishedSpans().length, expected);
    await obs.shutdown();
  });

test('a sampler that adds attributes has them on the span', async () => {
  const exporter = new InMemorySpanExporter();
  const sampler = {
    shouldSample: () => ({ decision: SamplingDecision.RECORD_AND_SAMPLED, attributes: { sampled: 'so' } }),
    toString: () => 'adding',
  };
  const obs = start({ traces: { sampler, spanProcessors: [new BatchSpanProcessor({ exporter })] } });
  obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {});
  await obs.forceFlush();
  assert.equal(exporter.getFinishedSpans()[0].attributes.sampled, 'so');
  await obs.shutdown();
});

for (const [name, temporality, second] of [
  ['cumulative', AggregationTemporality.CUMULATIVE, 2],
  ['delta', AggregationTemporality.DELTA, 1],
])
  test(`a PeriodicExportingMetricReader of SDK 3 exports our metrics, ${name}`, async () => {
    const exporter = new InMemoryMetricExporter(temporality);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const obs = start({ metrics: { readers: [reader] } });
    const duration = obs.meterProvider.getMeter('host').createHistogram('size');
    const values = [];
    for (let round = 0; round < 2; round++) {
      obs.kernel.recordKernelCrash();
      duration.record(3);
      exporter.reset();
      await obs.forceFlush();
      const [{ scopeMetrics, resource }] = exporter.getMetrics();
      const pointOf = (metric) =>
        scopeMetrics.flatMap(({ metrics }) => metrics).find(({ descriptor }) => descriptor.name === metric)
          .dataPoints[0];
      values.push([pointOf('agent_os_kernel_crashes_total').value, pointOf('size').value.count]);
      assert.equal(resource.attributes['service.name'], 'kernel');
    }
    assert.deepEqual(values, [
      [1, 1],
      [second, second],
    ]);
    await obs.shutdown();
  });
