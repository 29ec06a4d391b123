import {
  context,
  createContextKey,
  createTraceState,
  ROOT_CONTEXT,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import fc from 'fast-check';

/** What is done to spans; a span is meant by its place among those that were started. */
export type SpanStep =
  | {
      readonly do: 'start';
      readonly name: string;
      readonly scope: number;
      readonly parent: Parent;
      readonly options: object;
    }
  | { readonly do: 'call'; readonly span: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly do: 'tick'; readonly millis: number };

type Parent =
  | { readonly is: 'none' | 'suppressed' | 'invalid' }
  | { readonly is: 'span'; readonly span: number }
  | { readonly is: 'remote'; readonly sampled: boolean; readonly state: boolean };

const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
const EPOCH = 1_764_312_000_000;
/** Both kinds of text: what UTF-8 has one byte for, and more. Half a pair of surrogates is cut differently: a divergence. */
const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '请', '\n'), maxLength: 12 });

const sound = fc.oneof(
  text,
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.boolean(),
  fc.array(fc.option(text), { maxLength: 4 }),
  fc.array(fc.option(fc.integer()), { maxLength: 4 }),
  fc.array(fc.boolean(), { maxLength: 3 }),
);
const odd = fc.constantFrom<unknown>(
  {},
  { deep: { er: 1 } },
  Symbol('odd'),
  () => 1,
  7n,
  [1, 'a'],
  [[1]],
  [{}],
  new Date(0),
  new Uint8Array(2),
);
const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'é', '', 'constructor', '__proto__x');
const attributes = fc.dictionary(key, fc.oneof({ weight: 5, arbitrary: sound }, odd), { maxKeys: 6 });
const time = fc.option(
  fc.oneof(
    fc.integer({ min: EPOCH - 2000, max: EPOCH + 9000 }),
    fc.double({ min: EPOCH - 10, max: EPOCH + 10, noNaN: true }),
    fc.tuple(
      fc.integer({ min: 1_764_311_998, max: 1_764_312_009 }),
      fc.integer({ min: 0, max: 999_999_999 }),
    ),
    fc.integer({ min: EPOCH - 2000, max: EPOCH + 9000 }).map((millis) => new Date(millis)),
  ),
  { nil: undefined },
);
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'123456789abcdef'), minLength: length, maxLength: length });
const link = fc.record(
  {
    context: fc.record(
      {
        traceId: hex(32),
        spanId: hex(16),
        traceFlags: fc.constantFrom(0, 1, 3),
        isRemote: fc.boolean(),
        traceState: fc.constant(createTraceState('link=1')),
      },
      { requiredKeys: ['traceId', 'spanId', 'traceFlags'] },
    ),
    attributes,
  },
  { requiredKeys: ['context'] },
);
const options = fc.record(
  {
    kind: fc.integer({ min: 0, max: 4 }),
    root: fc.boolean(),
    attributes,
    links: fc.array(link, { maxLength: 3 }),
    startTime: time,
  },
  { requiredKeys: [] },
);
const status = fc.record(
  { code: fc.constantFrom(0, 1, 2), message: fc.oneof(text, odd) },
  { requiredKeys: ['code'] },
);
const exception = fc.oneof(
  text,
  text.map((message) => Object.assign(new RangeError(message), { stack: `RangeError: ${message}` })),
  fc.record(
    { name: text, message: text, code: fc.oneof(text, fc.integer()), stack: text },
    { requiredKeys: [] },
  ),
);
const event = fc.oneof(
  fc.tuple(text),
  fc.tuple(text, attributes),
  fc.tuple(text, attributes, time),
  fc.tuple(text, time),
);
const call = fc.oneof(
  fc.tuple(
    fc.constant('setAttribute'),
    fc.tuple(key, fc.oneof(sound, odd, fc.constant(undefined), fc.constant(null))),
  ),
  fc.tuple(fc.constant('setAttributes'), fc.tuple(attributes)),
  fc.tuple(fc.constant('addEvent'), event),
  fc.tuple(fc.constant('addLink'), fc.tuple(link)),
  fc.tuple(fc.constant('addLinks'), fc.tuple(fc.array(link, { maxLength: 3 }))),
  fc.tuple(fc.constant('setStatus'), fc.tuple(status)),
  fc.tuple(fc.constant('updateName'), fc.tuple(text)),
  fc.tuple(fc.constant('recordException'), fc.oneof(fc.tuple(exception), fc.tuple(exception, time))),
  fc.tuple(fc.constant('end'), fc.oneof(fc.tuple(), fc.tuple(time))),
);
const place = fc.nat({ max: 5 });
const parent: fc.Arbitrary<Parent> = fc.oneof(
  { weight: 3, arbitrary: place.map((span) => ({ is: 'span' as const, span })) },
  fc.record({ is: fc.constant('remote' as const), sampled: fc.boolean(), state: fc.boolean() }),
  fc.constantFrom<Parent>({ is: 'none' }, { is: 'suppressed' }, { is: 'invalid' }),
);
const step: fc.Arbitrary<SpanStep> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('start' as const),
      name: text,
      scope: fc.nat({ max: 2 }),
      parent,
      options,
    }),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(place, call)
      .map(([span, [method, args]]) => ({ do: 'call' as const, span, method, args })),
  },
  fc.record({ do: fc.constant('tick' as const), millis: fc.double({ min: 0, max: 2500, noNaN: true }) }),
);

export const spanPrograms = fc.array(step, { minLength: 3, maxLength: 40 });

export const samplers = fc.record({
  name: fc.constantFrom(
    'always_on',
    'always_off',
    'traceidratio',
    'parentbased_always_on',
    'parentbased_always_off',
    'parentbased_traceidratio',
  ),
  share: fc.constantFrom('0', '0.3', '0.5', '1'),
});

export const limits = fc.record({
  attributes: fc.nat({ max: 4 }),
  attributeLength: fc.integer({ min: 1, max: 8 }),
  events: fc.nat({ max: 3 }),
  links: fc.nat({ max: 3 }),
  attributesPerEvent: fc.nat({ max: 2 }),
  attributesPerLink: fc.nat({ max: 2 }),
});

/** Ids in order, and clocks that a program moves. */
export function sameWorld() {
  let traces = 0;
  let spans = 0;
  const time = { now: EPOCH, monotonic: 5000 };
  return {
    time,
    idGenerator: {
      generateTraceId: () => (++traces * 0x9e37_79b9).toString(16).padStart(32, '7'),
      generateSpanId: () => (++spans).toString(16).padStart(16, '3'),
    },
  };
}

export type World = ReturnType<typeof sameWorld>;

/** Runs a program, and ends what it has left open. */
export function runSpans(steps: readonly SpanStep[], provider: TracerProvider, { time }: World): void {
  const tracers: Tracer[] = [
    provider.getTracer('one'),
    provider.getTracer('one', '1.0'),
    provider.getTracer('two', '2.0', { schemaUrl: 'https://schema.example' }),
  ];
  const spans: Span[] = [];
  const at = (index: number): Span | undefined => spans[index % Math.max(1, spans.length)];
  for (const one of steps) {
    if (one.do === 'tick') {
      time.monotonic += one.millis;
      time.now = EPOCH + Math.floor(time.monotonic - 5000);
    } else if (one.do === 'start') {
      spans.push(tracers[one.scope]!.startSpan(one.name, one.options, contextOf(one.parent, at)));
    } else {
      const span = at(one.span) as unknown as Record<string, (...args: unknown[]) => void> | undefined;
      span?.[one.method]!(...one.args);
    }
  }
  for (const span of spans) if (span.isRecording()) span.end();
}

function contextOf(parent: Parent, at: (index: number) => Span | undefined): Context {
  switch (parent.is) {
    case 'none':
      return context.active();
    case 'suppressed':
      return ROOT_CONTEXT.setValue(SUPPRESSED, true);
    case 'invalid':
      return trace.setSpanContext(ROOT_CONTEXT, { traceId: 'no', spanId: 'id', traceFlags: 1 });
    case 'span': {
      const span = at(parent.span);
      return span === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, span);
    }
    case 'remote':
      return trace.setSpanContext(ROOT_CONTEXT, {
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
        spanId: '00f067aa0ba902b7',
        traceFlags: parent.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
        isRemote: true,
        ...(parent.state && { traceState: createTraceState('vendor=1,other=2') }),
      });
  }
}
