import fc from 'fast-check';
import type { Attributes, Counter, Meter } from '@opentelemetry/api';
import { parseExposition } from '../../../src/testing/parse-exposition.js';
import { seriesOf } from '../../../src/testing/samples.js';
import { metricStore, PIPELINES } from '../../support/stores.js';
import { rounds } from '../../support/rounds.js';

fc.configureGlobal({ seed: 20_260_502 }); // the same recordings in every run

/** Makes attributes; what it does with the instrument meanwhile counts too. */
type Make = (again: (attributes?: unknown) => void) => unknown;

class Inherited {
  declare readonly inherited: string;
  constructor(readonly own: string) {}
  get computed(): string {
    return this.own;
  }
}
Object.defineProperty(Inherited.prototype, 'inherited', { value: 'x', enumerable: true });

const throwing = (): never => {
  throw new Error('no');
};
const getter = (names: readonly string[], get: () => unknown): object =>
  Object.defineProperties(
    {},
    Object.fromEntries(names.map((name) => [name, { enumerable: true, configurable: true, get }])),
  );
const attribute = fc.constantFrom(
  'a',
  'b',
  'c',
  '__proto__',
  'constructor',
  'toString',
  '1',
  '',
  'a.b',
  '\uD800',
);
const plain = fc
  .dictionary(
    attribute,
    fc.oneof(fc.constantFrom('x', 'y', '\uDC00', 1, true, NaN, undefined), fc.anything()),
    {
      maxKeys: 4,
      noNullPrototype: false,
    },
  )
  .map(
    (given): Make =>
      () =>
        given,
  );
const made: fc.Arbitrary<Make> = fc.oneof(
  { weight: 4, arbitrary: plain },
  {
    weight: 2,
    arbitrary: fc.anything({ withBigInt: true, withDate: true, withMap: true }).map(
      (it): Make =>
        () =>
          it,
    ),
  },
  plain.map(
    (make): Make =>
      (again) =>
        Object.freeze(make(again)),
  ),
  plain.map(
    (make): Make =>
      (again) =>
        new Proxy(make(again) as object, {}),
  ),
  fc
    .constantFrom<(keyof ProxyHandler<object>)[]>(
      ['ownKeys'],
      ['get'],
      ['getPrototypeOf'],
      ['getOwnPropertyDescriptor'],
      ['ownKeys', 'get', 'has', 'getPrototypeOf', 'getOwnPropertyDescriptor'],
    )
    .map((traps): Make => () => {
      return new Proxy({ a: 'x', b: 'y' }, Object.fromEntries(traps.map((trap) => [trap, throwing])));
    }),
  fc.subarray(['a', 'b', 'c'], { minLength: 1 }).map(
    (names): Make =>
      () =>
        getter(names, throwing),
  ),
  // Records into the same instrument while its attributes are being read.
  fc
    .tuple(fc.subarray(['a', 'b', 'c'], { minLength: 1 }), fc.nat(3))
    .map(([names, depth]): Make => (again) => {
      let left = depth;
      return getter(names, () => {
        if (left-- > 0) again({ c: 'x', b: 'y', a: left });
        return 'x';
      });
    }),
  // Is another object each time it is looked at.
  fc.constant<Make>(() => {
    let looked = 0;
    return new Proxy(
      { a: 1 },
      {
        ownKeys: () => ['a', `k${looked++ % 5}`].slice(0, 1 + (looked % 2)),
        getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: looked }),
        get: () => looked++ % 3,
      },
    );
  }),
  fc.constantFrom('p', 'q').map(
    (own): Make =>
      () =>
        new Inherited(own),
  ),
  fc.constantFrom('p', 'q').map(
    (own): Make =>
      () =>
        Object.create({ below: own }, { a: { value: own, enumerable: true } }),
  ),
  fc.constant<Make>(() => ({ [Symbol('s')]: 1, a: Symbol('v') })),
  fc.constant<Make>(() => JSON.parse('{"__proto__": {"a": 1}, "b": "x"}')),
  fc.constant<Make>(() => JSON.parse('{"__proto__": "x"}')),
  fc.constant<Make>(() => Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]))),
  fc.constant<Make>(() => ({ a: throwing, b: Object.assign([1, 2], { toJSON: throwing }) })),
  fc.constant<Make>(() => ({ a: new Proxy([1, 2], { get: throwing }) })),
  fc.constant<Make>(() => ({ a: new Array<number>(1000).fill(7), b: [, 1] })), // eslint-disable-line no-sparse-arrays
);

const value = fc.oneof(
  { weight: 5, arbitrary: fc.nat(100) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(NaN, -1, Infinity, '1', null, undefined, 1n, {}, Symbol('v')),
  },
);
const counts = (given: unknown): number =>
  typeof given === 'number' && given >= 0 && Number.isFinite(given) ? given : 0;

describe.each(PIPELINES)('the %s store', (name) => {
  const recordings = fc.array(fc.tuple(made, value), { maxLength: 25 });

  async function totals(
    act: (meter: Meter) => void,
    caps?: { id: number; series: number },
  ): Promise<{ counter: number; histogram: number; series: number }> {
    const store = metricStore(name, caps && { caps });
    try {
      act(store.meterProvider.getMeter('host'));
      const families = parseExposition(await store.export());
      const sum = (sample: string): number =>
        seriesOf(families, sample).reduce((total, { value: one }) => total + one, 0);
      return {
        counter: sum('n_total'),
        histogram: sum('h_sum'),
        series: seriesOf(families, 'n_total').length,
      };
    } finally {
      await store.shutdown();
    }
  }

  it.each([undefined, { id: 2, series: 4 }])(
    'takes any attributes and values without throwing, and keeps the totals exact (limits %p)',
    async (caps) => {
      await fc.assert(
        fc.asyncProperty(recordings, async (given) => {
          let expected = 0;
          const { counter, histogram, series } = await totals((meter) => {
            const total = meter.createCounter('n');
            const sizes = meter.createHistogram('h');
            const again = (attributes?: unknown): void => {
              expected++;
              both(total, sizes, 1, attributes);
            };
            for (const [make, one] of given) {
              // A getter counts by itself in each of the two instruments.
              const attributes = make(again);
              both(total, sizes, one, attributes);
              expected += counts(one);
            }
          }, caps);
          expect(counter).toBe(expected);
          expect(histogram).toBe(expected);
          if (caps) expect(series).toBeLessThanOrEqual(caps.series + 1);
        }),
        { numRuns: rounds(300) },
      );
    },
  );

  it('keeps the attributes as they were at the call when the caller changes its object', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 20 }),
        async (users) => {
          const shared: Attributes = {};
          const store = metricStore(name);
          const counter = store.meterProvider.getMeter('host').createCounter('n');
          for (const user of users) {
            shared['user'] = user;
            shared['list'] = [user];
            counter.add(1, shared);
            (shared['list'] as string[])[0] = 'changed';
            delete shared['user'];
          }
          const samples = seriesOf(parseExposition(await store.export()), 'n_total');
          await store.shutdown();
          for (const { labels, value: count } of samples) {
            expect(labels['list']).toBe(JSON.stringify([labels['user']]));
            expect(count).toBe(users.filter((user) => user === labels['user']).length);
          }
          expect(samples).toHaveLength(new Set(users).size);
        },
      ),
      { numRuns: 50 },
    );
  });
});

function both(
  counter: Counter,
  histogram: { record: Counter['add'] },
  value: unknown,
  attributes: unknown,
): void {
  counter.add(value as number, attributes as Attributes);
  histogram.record(value as number, attributes as Attributes);
}
