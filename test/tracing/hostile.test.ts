import { ROOT_CONTEXT, trace, type Span, type Tracer, type TracerProvider } from '@opentelemetry/api';
import { KernelTracer } from '../../src/tracing/index.js';
import { describeSpan, failSpan, guarded } from '../../src/tracing/span-lifecycle.js';
import { activeId, idOf, parentOf, spans, tracing, withContextManager } from './support.js';

withContextManager();

const refuse = (): never => {
  throw new Error('refused');
};
const about = { agentId: 'support-1', action: 'read_file' };
const refusing: unknown = new Proxy(
  {},
  { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse },
);

/** All that a host does with a tracer; each must behave as if there were none. */
async function exercise(tracer: KernelTracer): Promise<void> {
  const error = new Error('of the host');
  const fails = () => {
    throw error;
  };
  expect(tracer.policyCheck(about, () => 1)).toBe(1);
  expect(tracer.execute(about, () => 2)).toBe(2);
  expect(tracer.signal({ agentId: 'a', signal: 'SIGTERM' }, () => 3)).toBe(3);
  expect(tracer.violation({ ...about, policy: 'files' }, () => 4)).toBe(4);
  expect(tracer.span('host.work', { a: 1 }, () => 5)).toBe(5);
  expect(await tracer.execute(about, async () => 6)).toBe(6);
  expect(
    tracer.wrap(
      'host.work',
      (n: number) => n + 1,
      (n) => ({ n }),
    )(6),
  ).toBe(7);
  expect(() => tracer.execute(about, fails)).toThrow(error);
  await expect(tracer.execute(about, async () => fails())).rejects.toBe(error);
  const manual = tracer.startExecute(about);
  expect(manual.run(() => 8)).toBe(8);
  expect(() => manual.run(fails)).toThrow(error);
  manual.end({ error, attributes: { a: 1 } });
  manual.end();
  tracer.startPolicyCheck(about).end();
  tracer.startSignal({ agentId: 'a', signal: 'SIGINT' }).end();
  tracer.startViolation({ ...about, policy: 'files' }).end();
  tracer.startSpan('host.work').end();
}

function provider(startSpan: Tracer['startSpan']): TracerProvider {
  return { getTracer: () => ({ startSpan, startActiveSpan: refuse }) };
}

/** A span of the host's SDK of which one member throws. */
function spanWithout(member: keyof Span): Span {
  const span = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 });
  return Object.assign(Object.create(span) as Span, { isRecording: () => true, [member]: refuse });
}

describe('the host goes on as ever', () => {
  test('where a span cannot be started; what nests is under the span around it', async () => {
    const { host, only } = spans();
    await exercise(new KernelTracer({ tracerProvider: provider(refuse) }));
    host.startActiveSpan('request', (request) => {
      new KernelTracer({ tracerProvider: provider(refuse) }).execute(about, () => {
        expect(activeId()).toBe(request.spanContext().spanId);
        host.startSpan('inner').end();
      });
      request.end();
    });
    expect(parentOf(only('inner'))).toBe(idOf(only('request')));
  });

  test.each<[keyof Span]>([
    ['isRecording'],
    ['setAttribute'],
    ['setAttributes'],
    ['setStatus'],
    ['recordException'],
    ['spanContext'],
    ['end'],
  ])('where %s of a span throws', async (member) => {
    await exercise(new KernelTracer({ tracerProvider: provider(() => spanWithout(member)) }));
  });

  test('where a span refuses everything', async () => {
    await exercise(new KernelTracer({ tracerProvider: provider(() => refusing as Span) }));
  });

  test('where a tracer gives nothing', async () => {
    await exercise(new KernelTracer({ tracerProvider: provider(() => undefined as never) }));
  });

  test('where attributes for every span refuse to be read', async () => {
    const { tracerProvider } = spans();
    await exercise(new KernelTracer({ tracerProvider, attributes: refusing as never }));
  });
});

test('a span is ended though its attributes, its status or its exception fail', () => {
  for (const member of ['setAttribute', 'setStatus', 'recordException', 'isRecording'] as const) {
    let ended = 0;
    const span = Object.assign(spanWithout(member), { end: () => void ended++ });
    const tracer = new KernelTracer({ tracerProvider: provider(() => span) });
    expect(() => tracer.execute(about, refuse)).toThrow('refused');
    tracer.execute(about, () => 1);
    tracer.startExecute(about).end({ error: new Error('x'), attributes: { a: 1 } });
    expect(ended).toBe(3);
  }
});

test('a span is told of its end once, however often the host says so', () => {
  const told: string[] = [];
  const span = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 });
  span.end = () => void told.push('end');
  span.setStatus = () => (told.push('status'), span);
  span.setAttribute = () => (told.push('attribute'), span);
  const manual = new KernelTracer({ tracerProvider: provider(() => span) }).startExecute(about);
  manual.end();
  told.push('—');
  manual.end({ error: new Error('too late'), attributes: { late: true } });
  manual.end();
  expect(told).toEqual(['end', '—']);
});

describe('arguments that are no such thing', () => {
  const getters = Object.defineProperties(
    {},
    Object.fromEntries(
      ['agentId', 'action', 'policies', 'signal', 'reason'].map((name) => [name, { get: refuse }]),
    ),
  );
  test.each<[what: string, value: unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['text', 'read_file'],
    ['an object whose getters throw', getters],
    ['a Proxy that refuses', refusing],
    ['values of wrong types', { agentId: 7, action: {}, policies: 'files', signal: Symbol('s'), reason: [] }],
  ])('%s: the work runs, in a span of that name and component', (_, value) => {
    const { tracer, ended } = tracing();
    const any = value as never;
    expect(tracer.policyCheck(any, () => 1)).toBe(1);
    expect(tracer.execute(any, () => 2)).toBe(2);
    expect(tracer.signal(any, () => 3)).toBe(3);
    expect(tracer.violation(any, () => 4)).toBe(4);
    expect(tracer.span('host.work', any, () => 5)).toBe(5);
    expect(ended().map((span) => [span.name, span.attributes['kernel.component']])).toEqual([
      ['kernel.policy_check', 'policy_engine'],
      ['kernel.execute', 'dispatcher'],
      ['kernel.signal', 'signal_dispatcher'],
      ['kernel.violation', 'policy_engine'],
      ['host.work', undefined],
    ]);
  });

  test.each<[what: string, value: unknown]>([
    ['null', null],
    ['text', 'x'],
    ['a Proxy that refuses', refusing],
    ['attributes that refuse', { attributes: refusing }],
    ['an error that refuses', { error: refusing }],
  ])('%s as an outcome: the span ends, once', (_, value) => {
    const { tracer, ended } = tracing();
    const manual = tracer.startExecute(about);
    manual.end(value as never);
    manual.end();
    expect(ended()).toHaveLength(1);
  });
});

test('a thrown thing that refuses to be looked at is an error, and the very same is thrown', () => {
  const { tracer, only } = tracing();
  let caught: unknown;
  try {
    tracer.execute(about, () => {
      throw refusing;
    });
  } catch (error) {
    caught = error;
  }
  expect(caught === refusing).toBe(true);
  expect(only('kernel.execute').status).toEqual({ code: 2 });
  expect(only('kernel.execute').attributes['error.type']).toBe('unknown');
});

describe('without an SDK', () => {
  test('callbacks run, values and exceptions come back', async () => {
    await exercise(new KernelTracer());
  });

  test('an SDK that comes later is used: the tracer goes through the global proxy', () => {
    const tracer = new KernelTracer();
    tracer.execute(about, () => {});
    const { tracerProvider, ended } = spans();
    trace.setGlobalTracerProvider(tracerProvider);
    tracer.execute(about, () => {});
    expect(ended().map(({ name }) => name)).toEqual(['kernel.execute']);
  });
});

test('a global provider of the host is used and left as it is', () => {
  const { tracerProvider, ended } = spans();
  trace.setGlobalTracerProvider(tracerProvider);
  new KernelTracer().execute(about, () => {});
  expect(ended()).toHaveLength(1);
  expect(trace.getTracerProvider()).toBeDefined();
  expect(trace.setGlobalTracerProvider(spans().tracerProvider)).toBe(false);
});

test('what describes and fails a span never throws', () => {
  expect(() => guarded(refuse)).not.toThrow();
  expect(() => describeSpan(refusing as Span, { a: 1 })).not.toThrow();
  expect(() =>
    describeSpan(trace.wrapSpanContext(trace.getSpanContext(ROOT_CONTEXT)!), refusing as never),
  ).not.toThrow();
  expect(() => failSpan(refusing as Span, refusing)).not.toThrow();
});
