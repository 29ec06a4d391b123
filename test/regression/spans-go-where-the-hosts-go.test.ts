import { context, diag, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { ObservabilityOptions } from '../../src/index.js';
import { warnings } from '../instruments/support.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';
import { exposed, observed } from './support.js';
import { sampleValue } from '../../src/testing/samples.js';

// A host had an SDK, and passed none of its providers: our spans left by a pipeline of our own, as orphans whose parents
// were in another backend.

afterEach(() => {
  for (const api of [metrics, trace, context, propagation, diag]) api.disable();
});

/** A host's SDK, registered globally. */
function hostSdk() {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return exporter;
}
const execute = { agentId: 'a', action: 'x' };
const GLOBAL: ObservabilityOptions = { registerGlobally: true, diagnostics: 'warn' };

test('they nest in its trace, metrics stay on our page, and a line says so', async () => {
  const exporter = hostSdk();
  const said = warnings();
  const obs = observed(GLOBAL);
  trace.getTracer('host').startActiveSpan('request', (span) => {
    obs.tracer.execute(execute, () => obs.kernel.recordKernelCrash());
    span.end();
  });
  const [ours, request] = exporter.getFinishedSpans();
  expect(ours?.name).toBe('kernel.execute');
  expect(ours?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
  expect(sampleValue(await exposed(obs), 'agent_os_kernel_crashes_total')).toBe(1);
  expect(obs.tracerProvider).toBe(trace.getTracerProvider());
  expect(said).toEqual([
    'agent-os-observability: your application has registered a TracerProvider globally: spans go to it. Pass ' +
      'tracerProvider: trace.getTracerProvider() to say so yourself, or registerGlobally: false for a pipeline of our own.',
  ]);
});

test.each<[string, ObservabilityOptions, string]>([
  ['a sampler', { traces: { sampler: new AlwaysOnSampler() } }, 'and traces.sampler does nothing.'],
  [
    'a queue and an endpoint',
    { otlp: { endpoint: 'http://localhost:1' }, traces: { maxQueueSize: 5 } }, // events go to the endpoint
    'and traces.maxQueueSize does nothing.',
  ],
  [
    'a queue of events and one of spans',
    { otlp: undefined, events: { maxQueueSize: 5 }, traces: { maxQueueSize: 5 } } as object,
    'and events.maxQueueSize, traces.maxQueueSize do nothing.',
  ],
  [
    'an endpoint of pushed metrics',
    { otlp: { endpoint: 'http://localhost:1' }, metrics: { otlp: true } },
    'spans go to it. Pass',
  ],
  ['otlp: false', { otlp: false }, 'spans go to it. Pass'],
])('%s among the options', (_, options, expected) => {
  hostSdk();
  const said = warnings();
  observed({ ...GLOBAL, ...options });
  expect(said[0]).toContain(expected);
});

test('where they were passed, nothing is said', () => {
  hostSdk();
  metrics.setGlobalMeterProvider(new MeterProvider());
  const said = warnings();
  observed({
    ...GLOBAL,
    tracerProvider: trace.getTracerProvider(),
    meterProvider: metrics.getMeterProvider(),
    otlp: false,
  });
  expect(said).toEqual([]);
});

test('by registerGlobally: false they have a pipeline of ours', async () => {
  const exporter = hostSdk();
  const said = warnings();
  const receiver = await startOtlpReceiver();
  const obs = observed({ otlp: { endpoint: receiver.url }, diagnostics: 'warn' });
  obs.tracer.execute(execute, () => {});
  await obs.forceFlush();
  expect(receiver.spans).toHaveLength(1);
  expect(exporter.getFinishedSpans()).toEqual([]);
  expect(said).toEqual([]);
  await obs.shutdown();
  await receiver.close();
});

test('those of a provider that is registered after the start, too, when it was passed', () => {
  const said = warnings();
  const obs = observed({
    registerGlobally: false,
    tracerProvider: trace.getTracerProvider(),
    diagnostics: 'warn',
  });
  expect(said).toEqual([expect.stringContaining('no SDK behind it so far')]);
  const exporter = hostSdk();
  obs.tracer.execute(execute, () => {});
  expect(exporter.getFinishedSpans()).toHaveLength(1);
});

class NoopTracer {
  startSpan = () => trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 });
  startActiveSpan() {}
}
class NoopMeter {}

test.each<[string, ObservabilityOptions, RegExp]>([
  [
    'of the API',
    { meterProvider: metrics.getMeterProvider() },
    /before an SDK is started: metrics are lost until/,
  ],
  [
    'of another copy of the API',
    { meterProvider: { getMeter: () => new NoopMeter() } as never },
    /your MeterProvider is a no-op: no metrics/,
  ],
  [
    'of spans',
    { tracerProvider: { getTracer: () => new NoopTracer() } },
    /your TracerProvider is a no-op: no spans/,
  ],
])('a no-op provider %s is found out and said', (_, options, expected) => {
  const said = warnings();
  try {
    observed({ ...options, diagnostics: 'warn' });
  } catch {
    // it may lack what a provider needs
  }
  expect(said).toEqual([expect.stringMatching(expected)]);
});
