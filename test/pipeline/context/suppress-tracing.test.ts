import { context, trace } from '@opentelemetry/api';
import { isTracingSuppressed as officiallyAsked, suppressTracing as officially } from '@opentelemetry/core';
import { AlwaysOnSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { AsyncContextManager } from '../../../src/pipeline/context/async-context-manager.js';
import { isTracingSuppressed, withoutTracing } from '../../../src/pipeline/context/suppress-tracing.js';

beforeAll(() => context.setGlobalContextManager(new AsyncContextManager()));
afterAll(() => context.disable());

test('a span that is started without tracing is not recorded, also after an await', async () => {
  const tracer = new BasicTracerProvider({ sampler: new AlwaysOnSampler() }).getTracer('host');
  const recorded = await withoutTracing(async () => {
    const first = tracer.startSpan('a').isRecording();
    await Promise.resolve();
    return [first, tracer.startSpan('b').isRecording()];
  });
  expect(recorded).toEqual([false, false]);
  expect(tracer.startSpan('c').isRecording()).toBe(true);
  expect(trace.getActiveSpan()).toBeUndefined();
});

test('the official packages and ours understand each other', () => {
  expect(withoutTracing(() => officiallyAsked(context.active()))).toBe(true);
  expect(isTracingSuppressed(officially(context.active()))).toBe(true);
  expect(isTracingSuppressed(context.active())).toBe(false);
});
