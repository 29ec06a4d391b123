import fc from 'fast-check';
import type { Attributes } from '@opentelemetry/api';
import { id, oneOf, open, slug, type LabelBound, type MetricDefinition } from '../../src/semconv/types.js';
import { indexOf, Tally } from './support.js';

fc.configureGlobal({ seed: 9464 }); // the same examples in every run

const bound = fc.oneof(
  fc.constant<LabelBound>(id),
  fc.constant<LabelBound>(open),
  fc.constant<LabelBound>(slug),
  fc
    .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 })
    .map((values): LabelBound => oneOf(...values)),
);
const labels: fc.Arbitrary<MetricDefinition['labels']> = fc
  .array(bound, { maxLength: 7 })
  .map((bounds) => Object.fromEntries(bounds.map((one, i) => [`l${i}`, one])));
const caps = fc.record({ id: fc.nat(5), open: fc.nat(5), slug: fc.nat(5), series: fc.nat(20) });

/** Mostly plausible, so that series repeat; sometimes anything at all. */
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('a', 'b', 'c', 'e', 'f', 'g', 'unknown', '__overflow__') },
  { weight: 2, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Symbol('s'), undefined, null, NaN, -0, '__proto__', '') },
);
const THROWING = Symbol('throwing');
const recording: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .record({
        ...Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`l${i}`, value])),
        throws: fc.option(fc.nat(6)),
      })
      .map(({ throws, ...given }) => {
        if (throws !== null) {
          Object.defineProperty(given, `l${throws}`, {
            get() {
              throw THROWING;
            },
          });
        }
        return given;
      }),
  },
  { weight: 1, arbitrary: fc.anything() },
);

/** Closed combinations, each of which may have an overflow series. */
function overflowSeries(definition: MetricDefinition['labels']): number {
  return Object.values(definition).reduce(
    (product, one) => product * (one.bound === 'closed' ? one.values.length + 1 : 1),
    1,
  );
}

test('whatever is recorded: totals stay right, series stay bounded, nothing throws', () => {
  fc.assert(
    fc.property(
      labels,
      caps,
      fc.array(fc.tuple(recording, fc.integer({ min: 1, max: 9 })), { maxLength: 80 }),
      (definition, limits, recordings) => {
        const { index } = indexOf(definition, limits);
        const tally = new Tally();
        for (const [given, count] of recordings) tally.add(index.resolve(given as never), count);

        expect(tally.total).toBe(recordings.reduce((sum, [, count]) => sum + count, 0));
        expect(tally.series.length).toBeLessThanOrEqual(limits.series + overflowSeries(definition));
        if (index.bounded) expect(index.size).toBe(tally.series.length);
        for (const attributes of tally.series) {
          expect(Object.keys(attributes)).toEqual(Object.keys(definition));
          expect(Object.isFrozen(attributes)).toBe(true);
        }
        expect(new Set(tally.series.map((one) => JSON.stringify(one))).size).toBe(tally.series.length);
        for (const [name, one] of Object.entries(definition)) {
          const seen = new Set(tally.series.map((attributes) => attributes[name]));
          seen.delete('unknown');
          seen.delete('__overflow__');
          if (one.bound === 'closed')
            expect([...seen].filter((v) => !one.values.includes(v as string))).toEqual([]);
          else expect(seen.size).toBeLessThanOrEqual(limits[one.bound]);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('the same labels give the same series for ever, before and after the caps are met', () => {
  fc.assert(
    fc.property(labels, caps, fc.array(recording, { maxLength: 60 }), (definition, limits, recordings) => {
      const { index } = indexOf(definition, limits);
      const first = recordings.map((given) => index.resolve(given as never));
      const again = recordings.map((given) => index.resolve(given as never));
      const size = index.size;
      recordings.forEach((given) => index.resolve(given as never));
      expect(index.size).toBe(size);
      again.forEach((attributes: Attributes, i) => {
        expect(attributes).toBe(first[i]);
      });
    }),
  );
});
