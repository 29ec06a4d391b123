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
import * as core from '@opentelemetry/core';
import { LazyPropagator, propagatorOf, type Propagator } from '../../src/otel-sdk/propagators.js';

const CONTEXT = propagation.setBaggage(
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: TraceFlags.SAMPLED,
  }),
  propagation.createBaggage({ tenant: { value: 'a' } }),
);
const propagatorFor = (propagators: Propagator[]): TextMapPropagator =>
  propagatorOf(propagators, () => core) as TextMapPropagator;
const inject = (propagator: TextMapPropagator): Record<string, string> => {
  const carrier: Record<string, string> = {};
  propagator.inject(CONTEXT, carrier, defaultTextMapSetter);
  return carrier;
};

afterEach(() => diag.disable());

test('the standard propagators write and read traceparent and baggage', () => {
  const propagator = propagatorFor(['tracecontext', 'baggage']);
  const carrier = inject(propagator);
  expect(carrier).toEqual({
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    baggage: 'tenant=a',
  });
  const read = propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
  expect(trace.getSpanContext(read)?.spanId).toBe('b7ad6b7169203331');
  expect(propagation.getBaggage(read)?.getEntry('tenant')?.value).toBe('a');
  expect(propagator.fields()).toEqual(['traceparent', 'tracestate', 'baggage']);
});

test("a host's own propagators are asked for their fields at once", () => {
  const fields = jest.fn(() => ['x-own']);
  const own: TextMapPropagator = {
    inject: (_, carrier, setter) => setter.set(carrier, 'x-own', '1'),
    extract: (context) => context,
    fields,
  };
  const propagator = propagatorFor([own]);
  expect(fields).toHaveBeenCalledTimes(1);
  expect(inject(propagator)).toEqual({ 'x-own': '1' });
});

test('a propagator that cannot be created leaves the context unchanged and warns, and the next call tries again', () => {
  const said = jest.fn();
  diag.setLogger({ warn: said } as never);
  const make = jest
    .fn(() => propagatorFor(['baggage']))
    .mockImplementationOnce(() => {
      throw new Error('too many open files');
    });
  const propagator = new LazyPropagator(make);
  expect(propagator.extract(CONTEXT, { baggage: 'b=c' }, defaultTextMapGetter)).toBe(CONTEXT);
  expect(said).toHaveBeenCalledTimes(1);
  expect(inject(propagator)).toEqual({ baggage: 'tenant=a' });
});
