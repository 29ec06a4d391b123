import { createContextKey, ROOT_CONTEXT, trace, type Context } from '@opentelemetry/api';
import fc from 'fast-check';
import { contextWithSpan, withValue } from '../../src/tracing/active-context.js';

const KEYS = ['a', 'b', 'c', 'd'].map((name) => createContextKey(`overlay test ${name}`));
const span = (spanId: string) => trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId, traceFlags: 1 });

/** What is done to a context: a value set, also one that is another's key, or a value taken away. */
const step = fc.record({
  key: fc.constantFrom(...KEYS),
  value: fc.oneof(fc.integer(), fc.constantFrom(...KEYS), fc.constant(undefined)),
  drop: fc.boolean(),
});
const valuesOf = (context: Context) => KEYS.map((key) => context.getValue(key));

test('it holds what a context of the API holds, and each before it stays as it was', () => {
  fc.assert(
    fc.property(fc.array(step), fc.array(step), (below, above) => {
      const apply = (context: Context, { key, value, drop }: (typeof below)[number]): Context =>
        drop ? context.deleteValue(key) : context.setValue(key, value);
      const base = below.reduce(apply, ROOT_CONTEXT);
      let theirs = base;
      let ours: Context = base;
      for (const one of above) {
        const before = { context: ours, values: valuesOf(ours) };
        theirs = apply(theirs, one);
        ours = ours === base ? withValue(base, one.key, one.drop ? undefined : one.value) : apply(ours, one);
        expect(valuesOf(ours)).toEqual(valuesOf(theirs));
        expect(valuesOf(before.context)).toEqual(before.values);
      }
      expect(valuesOf(base)).toEqual(valuesOf(below.reduce(apply, ROOT_CONTEXT)));
    }),
  );
});

test('one over another is no deeper: however long a chain of spans, it holds one span', () => {
  let context: Context = ROOT_CONTEXT;
  for (let i = 0; i < 1000; i++) context = contextWithSpan(context, span('2'.repeat(16)));
  const last = span('3'.repeat(16));
  context = contextWithSpan(context, last);
  expect(trace.getSpan(context)).toBe(last);
  expect(context).toEqual(contextWithSpan(ROOT_CONTEXT, last));
});

test('the span of the base stays active beneath', () => {
  const outer = span('2'.repeat(16));
  const base = trace.setSpan(ROOT_CONTEXT, outer);
  const inner = contextWithSpan(base, span('3'.repeat(16)));
  expect(trace.getSpan(base)).toBe(outer);
  expect(trace.getSpan(trace.deleteSpan(inner))).toBeUndefined();
});
