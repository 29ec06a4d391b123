import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  diag,
  propagation,
  ROOT_CONTEXT,
  trace,
  TraceFlags,
  type TextMapPropagator,
} from '@opentelemetry/api';
import { propagatorOf, type Propagator } from '../../../src/pipeline/context/propagators.js';

const CONTEXT = propagation.setBaggage(
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: TraceFlags.SAMPLED,
  }),
  propagation.createBaggage({ tenant: { value: 'a' } }),
);
const propagatorFor = (...propagators: Propagator[]): TextMapPropagator =>
  propagatorOf(propagators) as TextMapPropagator;
const inject = (propagator: TextMapPropagator): Record<string, string> => {
  const carrier: Record<string, string> = {};
  propagator.inject(CONTEXT, carrier, defaultTextMapSetter);
  return carrier;
};

afterEach(() => diag.disable());

test('the standard propagators write and read traceparent and baggage', () => {
  const propagator = propagatorFor('tracecontext', 'baggage');
  const carrier = inject(propagator);
  expect(carrier).toEqual({
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    baggage: 'tenant=a',
  });
  const read = propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
  expect(trace.getSpanContext(read)).toMatchObject({ spanId: 'b7ad6b7169203331', isRemote: true });
  expect(propagation.getBaggage(read)?.getEntry('tenant')?.value).toBe('a');
  expect(propagator.fields()).toEqual(['traceparent', 'tracestate', 'baggage']);
});

test('no propagators are none', () => {
  expect(propagatorOf([])).toBeUndefined();
});

test("a host's own propagator works beside the standard ones, without a list of its fields too", () => {
  const own = {
    inject: (_, carrier, setter) => setter.set(carrier, 'x-own', '1'),
    extract: (context) => context.setValue(Symbol.for('own'), true),
  } satisfies Omit<TextMapPropagator, 'fields'> as unknown as TextMapPropagator;
  const propagator = propagatorFor('baggage', own);
  expect(propagator.fields()).toEqual(['baggage']);
  expect(inject(propagator)).toEqual({ baggage: 'tenant=a', 'x-own': '1' });
  const read = propagator.extract(ROOT_CONTEXT, { baggage: 'b=c' }, defaultTextMapGetter);
  expect(read.getValue(Symbol.for('own'))).toBe(true);
});

test('a propagator that throws costs no other its part, and is warned about once per cause', () => {
  const said = jest.fn();
  diag.setLogger({ warn: said } as never);
  const refuse = (): never => {
    throw new Error('no');
  };
  const propagator = propagatorFor({ inject: refuse, extract: refuse, fields: () => [] }, 'baggage');
  for (let calls = 0; calls < 3; calls++) {
    expect(inject(propagator)).toEqual({ baggage: 'tenant=a' });
    const read = propagator.extract(ROOT_CONTEXT, { baggage: 'b=c' }, defaultTextMapGetter);
    expect(propagation.getBaggage(read)?.getEntry('b')?.value).toBe('c');
  }
  expect(said.mock.calls.map(([message]) => message as string)).toEqual([
    expect.stringContaining('could not write the context (Error: no)'),
    expect.stringContaining('could not read the context (Error: no)'),
  ]);
});

test('a propagator that gives back no context leaves the one before it', () => {
  const own = { inject: () => {}, extract: () => undefined } as unknown as TextMapPropagator;
  const read = propagatorFor(own, 'baggage').extract(CONTEXT, {}, defaultTextMapGetter);
  expect(read).toBe(CONTEXT);
});

test('a baggage member may be named as a property of every object', () => {
  const read = propagatorFor('baggage').extract(
    ROOT_CONTEXT,
    { baggage: '__proto__=a,constructor=b' },
    defaultTextMapGetter,
  );
  const baggage = propagation.getBaggage(read);
  expect(baggage?.getAllEntries()).toEqual([
    ['__proto__', { value: 'a' }],
    ['constructor', { value: 'b' }],
  ]);
});
