import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { observed } from './support.js';

// Spans never became the active span, so that nothing nested; exceptions were recorded on each span they passed;
// decorated async functions ended their span when they returned the promise.

function watched() {
  const ended: ReadableSpan[] = [];
  const processor: SpanProcessor = {
    onStart: (_span: unknown, _parent: Context) => {},
    onEnd: (span: ReadableSpan) => void ended.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const obs = observed({ registerGlobally: true, traces: { spanProcessors: [processor] } });
  return { obs, ended, named: (name: string) => ended.filter((span) => span.name === name) };
}
const about = { agentId: 'a', action: 'read' };

test('spans nest, over awaits too', async () => {
  const { obs, named } = watched();
  await obs.tracer.execute(about, async () => {
    await Promise.resolve();
    await obs.tracer.policyCheck(about, async () => true);
  });
  const [outer] = named('kernel.execute');
  const [inner] = named('kernel.policy_check');
  expect(inner!.parentSpanContext!.spanId).toBe(outer!.spanContext().spanId);
});

test('an exception is recorded once, on the span it came from', async () => {
  const { obs, ended } = watched();
  const failing = obs.tracer.execute(about, async () => {
    await obs.tracer.policyCheck(about, async () => {
      throw new Error('x');
    });
  });
  await expect(failing).rejects.toThrow('x');
  const exceptions = ended.map(({ name, events }) => [
    name,
    events.filter((e) => e.name === 'exception').length,
  ]);
  expect(exceptions).toEqual([
    ['kernel.policy_check', 1],
    ['kernel.execute', 0],
  ]);
});

test('a wrapped async function ends its span when it is done, once', async () => {
  const { obs, ended } = watched();
  let finish!: () => void;
  const wrapped = obs.tracer.wrap('host.work', () => new Promise<void>((resolve) => (finish = resolve)));
  const running = wrapped();
  await Promise.resolve();
  expect(ended).toEqual([]);
  finish();
  await running;
  expect(ended.map(({ name }) => name)).toEqual(['host.work']);
});
