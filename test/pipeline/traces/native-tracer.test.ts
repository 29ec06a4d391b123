import {
  context,
  createContextKey,
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { suppressTracing } from '@opentelemetry/core';
import { TraceSampler } from '../../../src/pipeline/traces/sampler.js';
import { recorded, scriptedSampler, type Recorded } from './support.js';

let traces: Recorded;
beforeEach(() => {
  traces = recorded();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(() => context.disable());
const tracer = () => traces.provider.getTracer('scope');
const REMOTE: SpanContext = {
  traceId: '4BF92F3577B34DA6A3CE929D0E0E4736',
  spanId: '00f067aa0ba902b7',
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
  traceState: createTraceState('vendor=1'),
};
const under = (parent: SpanContext): Context => trace.setSpanContext(ROOT_CONTEXT, parent);

describe('a started span', () => {
  test('is of the trace of the active span, and its child', () => {
    tracer().startActiveSpan('outer', (outer) => {
      tracer().startActiveSpan('inner', { kind: SpanKind.SERVER }, (inner) => inner.end());
      outer.end();
    });
    const [inner, outer] = traces.sent();
    expect(inner).toMatchObject({ name: 'inner', kind: 'server', traceId: outer?.traceId, flags: 0x101 });
    expect(inner?.parentSpanId).toBe(outer?.spanId);
    expect(outer?.parentSpanId).toBeUndefined();
    const [span] = traces.spans;
    expect(span?.parentSpanContext).toEqual(traces.spans[1]?.spanContext());
    expect(span?.parentSpanId).toBe(outer?.spanId);
  });

  test('goes on with the trace of a remote parent, its state, and says that it is remote', () => {
    const span = tracer().startSpan('s', {}, under(REMOTE));
    tracer().startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, span)).end();
    span.end();
    const [child, parent] = traces.sent();
    expect(parent).toMatchObject({
      traceId: REMOTE.traceId.toLowerCase(),
      parentSpanId: REMOTE.spanId,
      traceState: 'vendor=1',
      flags: 0x301,
    });
    expect(child).toMatchObject({ traceId: parent?.traceId, traceState: 'vendor=1', flags: 0x101 });
    expect(span.spanContext().traceId).toBe(REMOTE.traceId);
  });

  test.each<[string, unknown]>([
    ['ids of the wrong length', { ...REMOTE, traceId: 'ab' }],
    ['ids that are numbers', { ...REMOTE, traceId: 5, spanId: 6 }],
    ['nothing', undefined],
  ])('begins a trace under a parent with %s', (_, parent) => {
    tracer()
      .startSpan('s', {}, under(parent as SpanContext))
      .end();
    expect(traces.sent()[0]?.parentSpanId).toBeUndefined();
  });

  test('begins a trace under a parent that fails', () => {
    const parent = { spanContext: () => undefined!['x'] } as unknown as Span;
    tracer().startSpan('s', {}, trace.setSpan(ROOT_CONTEXT, parent)).end();
    expect(traces.sent()[0]?.parentSpanId).toBeUndefined();
  });

  test.each<[string, object]>([
    ['fails', { serialize: () => undefined!['x'] }],
    ['is no text', { serialize: () => 5 }],
    ['is without bounds', { serialize: () => 'x'.repeat(9000) }],
  ])('leaves out a trace state that %s', (_, traceState) => {
    tracer()
      .startSpan('s', {}, under({ ...REMOTE, traceState: traceState as never }))
      .end();
    expect(traces.sent()[0]).toMatchObject({ traceState: '', parentSpanId: REMOTE.spanId });
  });

  test('begins a trace where it is to be a root', () => {
    tracer().startSpan('s', { root: true }, under(REMOTE)).end();
    expect(traces.sent()[0]).toMatchObject({ parentSpanId: undefined, traceState: '', flags: 0x101 });
  });

  test('is none where tracing is suppressed', () => {
    const span = tracer().startSpan('s', {}, suppressTracing(ROOT_CONTEXT));
    expect(trace.isSpanContextValid(span.spanContext())).toBe(false);
    span.end();
    expect(traces.spans).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a number', 5],
    ['an object that throws', new Proxy({}, { get: () => undefined!['x'] })],
    ['odd members', { kind: 77, links: 5, attributes: 5, startTime: {}, root: 0 }],
    ['a kind that is text', { kind: 'CLIENT' }],
  ])('is a plain one for options that are %s', (_, options) => {
    tracer()
      .startSpan('s', options as never)
      .end();
    expect(traces.sent()[0]).toMatchObject({ name: 's', kind: 'internal', attributes: {}, links: [] });
  });

  test('is a root for a context that is none', () => {
    tracer()
      .startSpan('s', {}, {} as never)
      .end();
    expect(traces.sent()).toHaveLength(1);
  });

  test.each([
    [42, '42'],
    [undefined, 'unknown'],
    [{}, 'unknown'],
    [Symbol('x'), 'unknown'],
  ])('named %p is named %s', (name, shown) => {
    tracer()
      .startSpan(name as never)
      .end();
    expect(traces.sent()[0]?.name).toBe(shown);
  });
});

describe('startActiveSpan', () => {
  const key = createContextKey('test');

  test('gives what the function gives, and throws what it throws', () => {
    expect(tracer().startActiveSpan('s', () => 5)).toBe(5);
    expect(() =>
      tracer().startActiveSpan('s', {}, () => {
        throw new RangeError('mine');
      }),
    ).toThrow(RangeError);
  });

  test('makes the span active over the context it was given', () => {
    const given = ROOT_CONTEXT.setValue(key, 'kept');
    tracer().startActiveSpan('s', {}, given, (span) => {
      expect(trace.getActiveSpan()).toBe(span);
      expect(context.active().getValue(key)).toBe('kept');
    });
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  test('does nothing where there is no function', () => {
    expect(tracer().startActiveSpan('s', undefined as never)).toBeUndefined();
  });
});

describe('a span that is not sampled', () => {
  test('keeps nothing, and passes its id and the decision on', () => {
    traces = recorded({ sampler: new TraceSampler(true, 0) });
    const span = tracer().startSpan('s', { attributes: { a: 1 } }, under({ ...REMOTE, traceFlags: 0 }));
    span.setAttribute('a', 1).setAttributes({}).addEvent('e').addLink({ context: REMOTE }).addLinks([]);
    span.setStatus({ code: 2 }).updateName('x').recordException('x');
    span.end();
    expect(span.isRecording()).toBe(false);
    const { traceId, spanId, traceFlags, traceState } = span.spanContext();
    expect({ traceId, traceFlags, state: traceState?.serialize() }).toEqual({
      traceId: REMOTE.traceId,
      traceFlags: TraceFlags.NONE,
      state: 'vendor=1',
    });
    expect(spanId).not.toBe(REMOTE.spanId);
    const child = tracer().startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, span));
    expect(child.spanContext().traceId).toBe(REMOTE.traceId);
    expect(child.isRecording()).toBe(false);
    expect(traces.spans).toEqual([]);
  });
});

describe('a sampler of the host', () => {
  test('is asked what it can read, and its attributes and state are taken', () => {
    const sampler = scriptedSampler(() => ({
      decision: 2,
      attributes: { rule: 'r', a: 'changed' },
      traceState: createTraceState('s=1'),
    }));
    traces = recorded({ sampler });
    const options = {
      kind: SpanKind.CLIENT,
      attributes: { a: 1, odd: {} } as never,
      links: [{ context: REMOTE }],
    };
    tracer().startSpan('s', options, under(REMOTE)).end();
    expect(sampler.asked[0]?.slice(1)).toMatchObject([REMOTE.traceId, 's', SpanKind.CLIENT, { a: 1 }, [{}]]);
    expect(trace.getSpanContext(sampler.asked[0]![0])).toBe(REMOTE);
    expect(traces.sent()[0]).toMatchObject({ attributes: { a: 'changed', rule: 'r' }, traceState: 's=1' });
  });

  test('does not see the parent of a root', () => {
    const sampler = scriptedSampler(() => ({ decision: 0 }));
    traces = recorded({ sampler });
    tracer().startSpan('s', { root: true }, under(REMOTE));
    expect(trace.getSpanContext(sampler.asked[0]![0])).toBeUndefined();
  });

  test('that records without sampling makes a span that is not sent', () => {
    traces = recorded({ sampler: scriptedSampler(() => ({ decision: 1 })) });
    const span = tracer().startSpan('s');
    expect([span.isRecording(), span.spanContext().traceFlags]).toEqual([true, TraceFlags.NONE]);
    span.end();
    expect(traces.spans).toEqual([]);
  });

  test.each<[string, () => unknown]>([
    ['throws', () => undefined!['x']],
    ['gives nothing', () => undefined],
    ['gives a promise', async () => ({ decision: 2 })],
    ['gives another decision', () => ({ decision: 7 })],
  ])('that %s is said once, and the parent decides', (_, answer) => {
    traces = recorded({ sampler: scriptedSampler(answer) });
    tracer().startSpan('sampled').end();
    tracer()
      .startSpan('not', {}, under({ ...REMOTE, traceFlags: 0 }))
      .end();
    expect(traces.sent().map(({ name }) => name)).toEqual(['sampled']);
    expect(new Set(traces.said).size).toBe(1);
  });
});

describe('a tracer', () => {
  test('is one for its name, version and schema, however they are written', () => {
    const { provider } = traces;
    expect(provider.getTracer('a', 'b')).toBe(provider.getTracer('a', 'b'));
    expect(provider.getTracer('a@b')).not.toBe(provider.getTracer('a', 'b'));
    expect(provider.getTracer('a', '1', { schemaUrl: 'u' })).not.toBe(provider.getTracer('a', '1'));
  });

  test('of more scopes than are kept works alike', () => {
    for (let index = 0; index < 1100; index++)
      traces.provider.getTracer(`scope-${index}`).startSpan('s').end();
    expect(new Set(traces.sent().map(({ scope }) => scope.name)).size).toBe(1100);
  });

  test.each([undefined, null])('without a name (%p) has an empty one', (name) => {
    traces.provider
      .getTracer(name as never, null as never)
      .startSpan('s')
      .end();
    expect(traces.sent()[0]?.scope).toMatchObject({ name: '', version: '' });
  });

  test.each([{}, 5])('whose name is %p loses its spans, one by one, and they are counted', (name) => {
    traces.provider
      .getTracer(name as never)
      .startSpan('odd')
      .end();
    traces.provider.getTracer('sound').startSpan('s').end();
    expect(traces.sent().map((span) => span.name)).toEqual(['s']);
    expect(traces.lost).toEqual([['traces', 'invalid_value', 1]]);
  });
});
