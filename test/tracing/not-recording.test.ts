import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-base';
import { trace, type Span } from '@opentelemetry/api';
import { KernelTracer } from '../../src/tracing/index.js';
import { activeId, tracing, withContextManager } from './support.js';

withContextManager();

/** Counts how often anything of it is read. */
function counting(): { readonly about: never; readonly read: () => number } {
  let reads = 0;
  const read = (): undefined => void reads++;
  const about = new Proxy({}, { get: read, has: () => (read(), false), ownKeys: () => (read(), []) });
  return { about: about as never, read: () => reads };
}

const TRACERS: readonly [what: string, tracer: () => KernelTracer][] = [
  ['no SDK', () => new KernelTracer()],
  ['a sampler that takes none', () => tracing({ sampler: new AlwaysOffSampler() }).tracer],
];

describe.each(TRACERS)('with %s', (_, tracerOf) => {
  test('what a span would show is not read', async () => {
    const { about, read } = counting();
    const tracer = tracerOf();
    const attributesOf = jest.fn(() => ({ a: 1 }));
    expect(tracer.policyCheck(about, () => 1)).toBe(1);
    expect(await tracer.execute(about, async () => 2)).toBe(2);
    expect(tracer.span('host.work', about, () => 3)).toBe(3);
    expect(tracer.wrap('host.work', () => 4, attributesOf)()).toBe(4);
    tracer.signal(about);
    tracer.violation(about);
    tracer.startPolicyCheck(about).end();
    tracer.startExecute(about).end();
    tracer.startSignal(about).end();
    tracer.startViolation(about).end();
    tracer.startSpan('host.work', about).end();
    expect(read()).toBe(0);
    expect(attributesOf).not.toHaveBeenCalled();
  });

  test('the span is active while the work runs all the same', () => {
    const tracer = tracerOf();
    let given: Span | undefined;
    tracer.execute({ agentId: 'a', action: 'b' }, (span) => {
      given = span;
      expect(trace.getActiveSpan()).toBe(span);
    });
    expect(given?.isRecording()).toBe(false);
    expect(activeId()).toBeUndefined();
  });
});

test('what a span that records shows is read once', () => {
  const { about, read } = counting();
  const { tracer } = tracing();
  tracer.execute(about, () => {});
  expect(read()).toBe(2); // agentId and action
});
