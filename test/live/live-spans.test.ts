import { SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { DropLog } from '../../src/diagnostics/drop-log.js';
import { LiveSpans } from '../../src/live/live-spans.js';
import { NativeTracerProvider } from '../../src/pipeline/traces/native-tracer-provider.js';

function tracing(sampled = true) {
  const watch = new LiveSpans();
  const decision = { decision: sampled ? 2 : 1 };
  const provider = new NativeTracerProvider({
    resource: { attributes: {} },
    sampler: { shouldSample: () => decision },
    watch,
    drops: new DropLog(),
  });
  return { watch, tracer: provider.getTracer('test') };
}

test('spans are kept while somebody looks, and none before', () => {
  const { watch, tracer } = tracing();
  tracer.startSpan('before').end();
  watch.watching = true;
  tracer.startSpan('while').end();
  watch.watching = false;
  tracer.startSpan('after').end();
  expect(watch.after(0).map(({ name }) => name)).toEqual(['while']);
});

test('a span has what a waterfall is drawn from, and none of its other attributes', () => {
  const { watch, tracer } = tracing();
  watch.watching = true;
  const attributes = {
    'agent.id': 'a',
    'agent_os.action': 'x'.repeat(500),
    'agent_os.enforced': 'denied',
    'agent_os.content.input': 'secret',
    'agent_os.reason': 'secret',
  };
  const span = tracer.startSpan('kernel.execute', { attributes, startTime: new Date(1000) });
  span.recordException(new Error('secret'));
  span.end(new Date(1250));
  const { traceId, spanId } = span.spanContext();
  const [kept] = watch.after(0);
  expect(kept).toMatchObject({
    seq: 1,
    trace: traceId,
    id: spanId,
    parent: '',
    name: 'kernel.execute',
    start: 1000,
    millis: 250,
    status: 'denied',
    agent: 'a',
  });
  expect(kept?.action).toHaveLength(120);
  expect(JSON.stringify(kept)).not.toContain('secret');
});

test('one that failed says so', () => {
  const { watch, tracer } = tracing();
  watch.watching = true;
  tracer.startSpan('failed').setStatus({ code: SpanStatusCode.ERROR, message: 'secret' }).end();
  expect(watch.after(0)).toMatchObject([{ status: 'error' }]);
});

test('only sampled spans are shown', () => {
  const { watch, tracer } = tracing(false);
  watch.watching = true;
  const span = tracer.startSpan('recorded');
  span.end();
  expect(span.spanContext().traceFlags & TraceFlags.SAMPLED).toBe(0);
  expect(watch.after(0)).toEqual([]);
});

test('they are bounded, and a span that cannot be read costs nothing', () => {
  const { watch, tracer } = tracing();
  watch.watching = true;
  for (let number = 0; number < 1000; number++) tracer.startSpan('many').end();
  expect(watch.after(0)).toHaveLength(300);
  expect(() => watch.ended({} as never)).not.toThrow();
});
