import fc from 'fast-check';
import type { Attributes, Meter, MetricOptions, ObservableResult } from '@opentelemetry/api';
import { parseExposition, type Family } from '../../src/testing/parse-exposition.js';
import { metricStore, PIPELINES, type PipelineName } from '../support/stores.js';
import { rounds } from '../support/rounds.js';

fc.configureGlobal({ seed: 20_260_505 }); // the same pages in every run

type Kind = 'Counter' | 'ObservableCounter' | 'UpDownCounter' | 'Histogram' | 'Gauge';

/** Names that become one, within each type, so that all but the first are encoded: others conflict, tested elsewhere. */
const NAMES: Readonly<Record<Kind, readonly string[]>> = {
  Counter: ['orders', 'orders_total', 'orders.total', '1st'],
  ObservableCounter: ['orders', 'seen', '1st'],
  UpDownCounter: ['in.use', 'in_use', 'in--use'],
  Histogram: ['size', 'si.ze', 'si_ze'],
  Gauge: ['heat', 'room.heat', 'room/heat'],
};

interface Recording {
  readonly kind: Kind;
  readonly name: string;
  readonly meter: string;
  readonly boundaries: readonly number[];
  readonly value: number;
  readonly attributes: Attributes;
}

const text = fc.oneof(
  fc.constantFrom('', 'a', '"', '\\', '\n', '\\n', '{', '}', ',', '=', ' ', '# HELP', '#', '\r\n'),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const attributes: fc.Arbitrary<Attributes> = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      'a.b',
      'a_b',
      'a-b',
      'a_c',
      'le',
      'exported_le',
      '1',
      '-1',
      '__name__',
      'é',
      'quantile',
      '__proto__',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  ),
  fc.oneof(text, fc.integer(), fc.boolean(), fc.double(), fc.array(text, { maxLength: 2 })),
  { maxKeys: 4, noNullPrototype: true },
);

const recording: fc.Arbitrary<Recording> = fc
  .constantFrom<Kind>('Counter', 'ObservableCounter', 'UpDownCounter', 'Histogram', 'Gauge')
  .chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      name: fc.constantFrom(...NAMES[kind]),
      meter: fc.constantFrom('one', 'two'),
      boundaries: fc.constantFrom([], [1], [0, 1, 5], [0.5, 100]),
      value:
        kind === 'Gauge'
          ? fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -0, 1e-7, 1e21))
          : fc.integer({ min: kind === 'UpDownCounter' ? -100 : 0, max: 100 }),
      attributes,
    }),
  );

const recordings = fc.array(recording, { minLength: 1, maxLength: 25 });

async function page(name: PipelineName, given: readonly Recording[]): Promise<Family[]> {
  const store = metricStore(name);
  try {
    const seen = new Map<unknown, Recording[]>();
    for (const one of given) record(store.meterProvider.getMeter(one.meter), one, seen);
    return parseExposition(await store.export());
  } finally {
    await store.shutdown();
  }
}

function record(meter: Meter, one: Recording, seen: Map<unknown, Recording[]>): void {
  const { kind, name, boundaries, value, attributes: labels } = one;
  const options: MetricOptions = {
    description: `What "${kind.replace('Observable', '')}" is:\na \\ text.`,
    ...(kind === 'Histogram' && { advice: { explicitBucketBoundaries: [...boundaries] } }),
  };
  switch (kind) {
    case 'Counter':
    case 'UpDownCounter':
      return meter[`create${kind}`](name, options).add(value, labels);
    case 'Histogram':
    case 'Gauge':
      return meter[`create${kind}`](name, options).record(value, labels);
    case 'ObservableCounter': {
      const counter = meter.createObservableCounter(name, options);
      const observed = seen.get(counter);
      if (observed) return void observed.push(one);
      const all = [one];
      seen.set(counter, all);
      counter.addCallback((result: ObservableResult) => {
        for (const each of all) result.observe(each.value, each.attributes);
      });
    }
  }
}

/** What a page says, whatever the order in which it says it. */
function inAnyOrder(families: readonly Family[]): unknown {
  const all = families.map(({ name, samples, ...family }): [string, unknown] => [
    name,
    {
      ...family,
      samples: Object.fromEntries(
        samples.map((sample) => [
          JSON.stringify([sample.name, Object.entries(sample.labels).sort(([a], [b]) => (a < b ? -1 : 1))]),
          sample.value,
        ]),
      ),
    },
  ]);
  return Object.fromEntries(all);
}

const total = (values: readonly { readonly value: number }[]): number =>
  values.reduce((sum, { value }) => sum + value, 0);

// That no series is there twice, and that families stand together, is what the parser sees to.
test.each(PIPELINES)(
  'whatever is recorded, the page of the %s store parses, with its totals',
  async (store) => {
    await fc.assert(
      fc.asyncProperty(recordings, async (given) => {
        const families = await page(store, given);
        const shown = (name: RegExp) =>
          families.flatMap(({ samples }) => samples.filter((sample) => name.test(sample.name)));
        const recorded = (...kinds: Kind[]) => given.filter(({ kind }) => kinds.includes(kind));
        expect(total(shown(/^(U__)?(orders|seen|_1st|_31_st).*_total$/))).toBe(
          total(recorded('Counter', 'ObservableCounter')),
        );
        expect(total(shown(/^(U__)?in_/))).toBe(total(recorded('UpDownCounter')));
        expect(total(shown(/^(U__)?si.*_sum$/))).toBe(total(recorded('Histogram')));
        const sizes = recorded('Histogram').length;
        expect(total(shown(/^(U__)?si.*_count$/))).toBe(sizes);
        const buckets = shown(/^(U__)?si.*_bucket$/).filter(({ labels }) => labels['le'] === '+Inf');
        expect(total(buckets)).toBe(sizes);
        expect(shown(/^(U__)?(room_.*)?heat$/).length > 0).toBe(recorded('Gauge').length > 0);
      }),
      { numRuns: rounds(300) },
    );
  },
);

// In which order the stock SDK collects meters depends on their callbacks: what depends on that order is left out.
test('the pages of both stores say the same', async () => {
  const comparable = fc.tuple(recordings, fc.boolean()).map(([given, hasMeters]) =>
    given.map((one): Recording => ({
      ...one,
      boundaries: [0, 1, 5],
      // Which of several names is shown as it is, and which of several scopes comes last.
      ...(hasMeters && one.kind !== 'Gauge' ? { name: NAMES[one.kind][0] as string } : { meter: 'one' }),
    })),
  );
  await fc.assert(
    fc.asyncProperty(comparable, async (given) => {
      expect(inAnyOrder(await page('native', given))).toEqual(inAnyOrder(await page('otel-sdk', given)));
    }),
    { numRuns: rounds(300) },
  );
});
