import { SpanKind, SpanStatusCode, type Span } from '@opentelemetry/api';
import { DEFAULT_SPAN_LIMITS } from '../../../src/pipeline/traces/span-limits.js';
import { EPOCH_MILLIS, recorded, type Recorded } from './support.js';

let traces: Recorded;
beforeEach(() => (traces = recorded()));
const start = (name = 's', options = {}): Span =>
  traces.provider.getTracer('scope', '1.2', { schemaUrl: 'https://scope.example' }).startSpan(name, options);
const EPOCH_NANOS = BigInt(EPOCH_MILLIS) * 1_000_000n;

describe('a span', () => {
  test('arrives as it was recorded', () => {
    const span = start('work', { kind: SpanKind.CLIENT, attributes: { a: 1, b: [true, null, false] } });
    span.setAttributes({ a: 2.5, c: 'x' }).addEvent('e', { n: 1 }).setStatus({ code: 2, message: 'bad' });
    traces.time.monotonic += 1234.5;
    span.end();
    const { traceId, spanId } = span.spanContext();
    expect(traces.sent()).toEqual([
      {
        traceId,
        spanId,
        parentSpanId: undefined,
        traceState: '',
        flags: 0x101,
        name: 'work',
        kind: 'client',
        startNanos: EPOCH_NANOS,
        endNanos: EPOCH_NANOS + 1_234_500_000n,
        attributes: { a: 2.5, b: [true, undefined, false], c: 'x' },
        droppedAttributesCount: 0,
        events: [{ name: 'e', timeNanos: EPOCH_NANOS, attributes: { n: 1 } }],
        droppedEventsCount: 0,
        links: [],
        droppedLinksCount: 0,
        status: { code: 'error', message: 'bad' },
        resource: { 'service.name': 'test' },
        scope: { name: 'scope', version: '1.2', attributes: {} },
      },
    ]);
  });

  test('keeps copies: what the host changes later is not changed', () => {
    const list = ['a'];
    const attributes = { list };
    const context = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 };
    const span = start('s', { attributes, links: [{ context, attributes }] });
    span.addEvent('e', attributes);
    list.push('b');
    context.spanId = 'x';
    span.end();
    const [sent] = traces.sent();
    expect(sent?.attributes).toEqual({ list: ['a'] });
    expect(sent?.events[0]?.attributes).toEqual({ list: ['a'] });
    expect(sent?.links[0]).toMatchObject({ spanId: '2'.repeat(16), attributes: { list: ['a'] } });
  });

  test('is told of what changes its attributes after they were read', () => {
    const span = start('s', { attributes: { secret: 'x', kept: 1 } });
    const { attributes } = span as never as { attributes: Record<string, unknown> };
    delete attributes['secret'];
    attributes['odd'] = { toString: () => undefined!['x'] };
    span.setAttribute('later', 2);
    span.end();
    expect(traces.sent()[0]?.attributes).toEqual({ kept: 1, later: 2 });
  });

  test('has OK for its final status, and is not set back', () => {
    const span = start();
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'first' });
    span.setStatus({ code: SpanStatusCode.UNSET });
    span.setStatus({ code: SpanStatusCode.OK, message: 'not kept' });
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'late' });
    span.end();
    expect(traces.sent()[0]?.status).toEqual({ code: 'ok', message: '' });
  });

  test('keeps nothing after its end, and says so once', () => {
    const span = start();
    span.end();
    span.setAttribute('a', 1).setAttributes({ b: 2 }).addEvent('e').updateName('n');
    span.addLink({ context: span.spanContext() }).setStatus({ code: 2 }).recordException('x');
    traces.time.monotonic += 5;
    span.end();
    expect(traces.spans).toHaveLength(1);
    expect(traces.sent()[0]).toMatchObject({ name: 's', attributes: {}, events: [], links: [] });
    expect(traces.sent()[0]?.endNanos).toBe(EPOCH_NANOS);
    expect(new Set(traces.said).size).toBe(1);
  });

  test.each([
    ['a time before its start', EPOCH_MILLIS - 5],
    ['a negative time', [-1, 0]],
    ['no number', Number.NaN],
    ['a date that is none', new Date(Number.NaN)],
    ['an object', {}],
  ])('does not end before it starts, given %s', (_, end) => {
    const span = start();
    span.end(end as never);
    const [sent] = traces.sent();
    expect(sent?.endNanos).toBe(sent?.startNanos);
  });

  test.each<[string, unknown, bigint]>([
    ['milliseconds', EPOCH_MILLIS + 0.25, EPOCH_NANOS + 250_000n],
    ['a date', new Date(EPOCH_MILLIS + 3), EPOCH_NANOS + 3_000_000n],
    ['seconds and nanoseconds', [1_764_312_001, 7], EPOCH_NANOS + 1_000_000_007n],
    ['nanoseconds past a second', [1_764_312_000, 1_500_000_000], EPOCH_NANOS + 1_500_000_000n],
    ['the monotonic clock', 990, EPOCH_NANOS - 10_000_000n],
  ])('starts and ends at a time given as %s', (_, time, nanos) => {
    start('s', { startTime: time }).end(time as never);
    expect(traces.sent()[0]).toMatchObject({ startNanos: nanos, endNanos: nanos });
  });

  test('holds as much as its limits allow, the newest events and links, and counts the rest', () => {
    traces = recorded({
      limits: {
        ...DEFAULT_SPAN_LIMITS,
        attributes: 2,
        attributeLength: 3,
        events: 2,
        links: 1,
        attributesPerEvent: 1,
        attributesPerLink: 0,
      },
    });
    const span = start('s', { attributes: { a: 'long text', b: ['long', 'text'], c: 1 } });
    span.setAttribute('a', 'ab😀').setAttribute('d', 1);
    for (const name of ['e1', 'e2', 'e3']) span.addEvent(name, { a: 1, b: 2 });
    for (const digit of ['1', '2']) {
      const context = { traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags: 0 };
      span.addLink({ context, attributes: { a: 1 } });
    }
    span.end();
    const [sent] = traces.sent();
    expect(sent).toMatchObject({
      attributes: { a: 'ab', b: ['lon', 'tex'] },
      droppedAttributesCount: 2,
      events: [
        { name: 'e2', attributes: { a: 1 } },
        { name: 'e3', attributes: { a: 1 } },
      ],
      droppedEventsCount: 1,
      links: [{ traceId: '2'.repeat(32), attributes: {} }],
      droppedLinksCount: 1,
    });
    expect(traces.spans[0]?.events[0]?.droppedAttributesCount).toBe(1);
    expect(traces.spans[0]?.links[0]?.droppedAttributesCount).toBe(1);
  });

  test('is bounded in all its texts', () => {
    const long = 'x'.repeat(100_000);
    const span = start(long, { attributes: { [long]: long } });
    span
      .updateName(long)
      .addEvent(long, { [long]: long })
      .setStatus({ code: 2, message: long });
    span.recordException(Object.assign(new Error(long), { stack: long }));
    span.end();
    expect(
      JSON.stringify(traces.sent()[0], (_, value) => (typeof value === 'bigint' ? 0 : value)).length,
    ).toBeLessThan(50_000);
    expect(traces.spans[0]!.estimatedBytes).toBeLessThan(50_000);
  });

  test('tells a few bytes more than its message takes', () => {
    for (const text of ['', 'a', 'é'.repeat(3000), '请'.repeat(40), 'plain '.repeat(500)]) {
      const span = start(text, { attributes: { [`k${text}`]: text, n: 5e-300, list: [text, 7] } });
      span.addEvent(text, { [text || 'k']: text }).setStatus({ code: 2, message: text });
      span.addLink({ context: { ...span.spanContext() }, attributes: { a: text } });
      span.end();
    }
    for (const span of traces.spans) {
      const one = recorded();
      one.spans.push(span);
      expect(one.bytes()).toBeLessThan(span.estimatedBytes + 100);
      expect(span.estimatedBytes).toBeLessThan(one.bytes() * 3 + 500);
    }
  });

  test.each<[string, unknown, object | undefined]>([
    ['an error', new TypeError('bad'), { 'exception.type': 'TypeError', 'exception.message': 'bad' }],
    ['a text', 'bad', { 'exception.message': 'bad' }],
    [
      'an error with a code',
      { code: 'ENOENT', message: 'm' },
      { 'exception.type': 'ENOENT', 'exception.message': 'm' },
    ],
    ['an object that says nothing', {}, undefined],
    ['null', null, undefined],
    ['an object that throws', new Proxy({}, { get: () => undefined!['x'] }), undefined],
  ])('records as an exception %s', (_, exception, attributes) => {
    const span = start();
    span.recordException(exception as never);
    span.end();
    const events = traces.sent()[0]!.events;
    if (attributes === undefined) expect(events).toEqual([]);
    else expect(events).toMatchObject([{ name: 'exception', attributes }]);
  });
});

describe('what is no attribute', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  test.each<[string, unknown]>([
    ['an object', {}],
    ['a cycle', cyclic],
    ['a symbol', Symbol('x')],
    ['a function', () => 1],
    ['an integer of the other kind', 7n],
    ['a list of two types', [1, 'a']],
    ['a list of lists', [[1]]],
    ['a list that throws', new Proxy([1], { get: () => undefined!['x'] })],
    ['undefined', undefined],
    ['null', null],
  ])('%s is left out, and the rest arrives', (_, value) => {
    const span = start('s', { attributes: { odd: value, sound: 1 } });
    span.setAttribute('odd', value as never).addEvent('e', { odd: value, sound: 2 } as never);
    span.end();
    const [sent] = traces.sent();
    expect(sent?.attributes).toEqual({ sound: 1 });
    expect(sent?.events[0]?.attributes).toEqual({ sound: 2 });
  });

  test.each<[string, unknown]>([
    ['a proxy', new Proxy({}, { ownKeys: () => undefined!['x'] })],
    ['text', 'abc'],
    ['a number', 5],
    ['null', null],
  ])('attributes that are %s are none', (_, attributes) => {
    const span = start('s', { attributes });
    span.setAttributes(attributes as never);
    span.end();
    expect(traces.sent()[0]?.attributes).toEqual({});
  });

  test('an attribute that refuses to be read costs no other', () => {
    const attributes = {
      get odd() {
        return undefined!['x'];
      },
      sound: 1,
    };
    start('s', { attributes }).end();
    expect(traces.sent()[0]?.attributes).toEqual({ sound: 1 });
  });

  test('a key that is a member of every object is one like others', () => {
    const span = start();
    for (const key of ['__proto__', 'constructor', 'hasOwnProperty']) span.setAttribute(key, key);
    expect(Object.keys((span as never as { attributes: object }).attributes)).toHaveLength(3);
    span.end();
    expect(Object.keys(traces.sent()[0]!.attributes)).toContain('constructor');
  });
});
