import { ValueType, type Attributes, type AttributeValue } from '@opentelemetry/api';
import fc from 'fast-check';

/** What a host may do with meters, as data: the same program runs on two providers. */
export interface Program {
  readonly instruments: readonly Instrument[];
  readonly steps: readonly Step[];
}

export const KINDS = [
  'counter',
  'upDownCounter',
  'histogram',
  'gauge',
  'observableCounter',
  'observableUpDownCounter',
  'observableGauge',
] as const;
export type Kind = (typeof KINDS)[number];

export interface Scope {
  readonly name: string;
  readonly version?: string;
  readonly schemaUrl?: string;
}

export interface Instrument {
  readonly scope: Scope;
  readonly kind: Kind;
  readonly name: string;
  readonly description?: string;
  readonly unit?: string;
  readonly valueType?: ValueType;
  readonly boundaries?: readonly number[];
  /** Of an observable: asked by the batch callback of its meter, not by one of its own. */
  readonly batched: boolean;
}

/** One value of one series. */
export interface Measurement {
  readonly value: number;
  readonly attributes: Attributes | undefined;
}

export type Step =
  | ({ readonly do: 'record'; readonly instrument: number } & Measurement)
  /** From now on the callback of an observable reports this. */
  | { readonly do: 'report'; readonly instrument: number; readonly seen: readonly Measurement[] }
  | { readonly do: 'wait'; readonly millis: number }
  | { readonly do: 'collect'; readonly reader: 0 | 1 }
  /** The process began anew. */
  | { readonly do: 'restart' };

const SCOPES: readonly Scope[] = [
  { name: 'shop' },
  { name: 'shop', version: '1.0.0' },
  { name: 'shop', version: '1.0.0', schemaUrl: 'https://example.test/1' },
  { name: 'café' },
];

const instrument: fc.Arbitrary<Instrument> = fc.record(
  {
    scope: fc.constantFrom(...SCOPES),
    kind: fc.constantFrom(...KINDS),
    name: fc.constantFrom('orders', 'orders_total', 'queue.depth', 'latency/ms'),
    description: fc.constantFrom('', 'What it is.'),
    unit: fc.constantFrom('', 's', '{order}'),
    valueType: fc.constantFrom(ValueType.INT, ValueType.DOUBLE),
    boundaries: fc
      .uniqueArray(fc.constantFrom(-1, 0, 0.005, 1, 2.5, 10, 1e6, 1e300), { maxLength: 8 })
      .map((bounds) => bounds.sort((a, b) => a - b)),
    batched: fc.boolean(),
  },
  { requiredKeys: ['scope', 'kind', 'name', 'batched'] },
);

const text = fc.oneof(fc.constantFrom('', 'a', '1', 'true', '[]', 'żółw 🐢'), fc.string({ maxLength: 6 }));
const attributeValue: fc.Arbitrary<AttributeValue | undefined> = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 2, arbitrary: fc.constantFrom(0, -0, 1, 1.5, 1e21, NaN) },
  { weight: 2, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.array(text, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(fc.integer({ max: 3, min: 0 }), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(fc.boolean(), { maxLength: 2 }) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);
const attributeName = fc.constantFrom(
  'a',
  'b',
  'a.b',
  'a_b',
  '1',
  '2',
  'имя',
  '__proto__',
  'le',
  'constructor',
);

/** None to six. */
const attributes: fc.Arbitrary<Attributes | undefined> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(undefined) },
  {
    weight: 9,
    arbitrary: fc
      .uniqueArray(fc.tuple(attributeName, attributeValue), { selector: ([name]) => name, maxLength: 6 })
      .map((entries) => Object.fromEntries<AttributeValue | undefined>(entries)),
  },
);

/** One of few sets, so that series come again, in any order. */
function attributesOf(sets: readonly (Attributes | undefined)[]): fc.Arbitrary<Attributes | undefined> {
  return fc.constantFrom(...sets).chain((set) => {
    if (set === undefined) return fc.constant(set);
    const entries = Object.entries(set);
    return fc
      .shuffledSubarray(entries, { minLength: entries.length })
      .map((shuffled): Attributes => Object.fromEntries(shuffled));
  });
}

const small = fc.oneof(
  fc.nat(9),
  fc.integer({ min: -9, max: 1000 }),
  fc.constantFrom(0.25, 0.5, 7.75, -0.5, -0),
);
const odd = fc.constantFrom(NaN, Infinity, -Infinity, 1e308, -1, 5e-324, 1e-300, 2 ** 53);
const values: Readonly<Record<Kind, fc.Arbitrary<number>>> = (() => {
  const double = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const any = fc.oneof({ weight: 6, arbitrary: small }, double, odd);
  // What is added up with both signs is exact in any order: the official SDK adds up differences.
  const exact = fc.integer({ min: -(2 ** 30), max: 2 ** 30 }).map((value) => value / 1024);
  const signed = fc.oneof({ weight: 6, arbitrary: small }, exact, fc.constantFrom(NaN, Infinity, -(2 ** 40)));
  return {
    counter: any,
    histogram: any,
    gauge: any,
    observableGauge: any,
    upDownCounter: signed,
    observableUpDownCounter: signed,
    observableCounter: signed,
  };
})();

type Sets = readonly (Attributes | undefined)[];

function step({ kind }: Instrument, instrument: number, sets: Sets): fc.Arbitrary<Step> {
  const measurement = fc.record({ value: values[kind], attributes: attributesOf(sets) });
  if (!kind.startsWith('observable')) {
    return measurement.map((given) => ({ do: 'record', instrument, ...given }));
  }
  const selector = (given: Measurement): string => seriesKey(given.attributes);
  return fc
    .uniqueArray(measurement, { selector, maxLength: 4 })
    .map((seen) => ({ do: 'report', instrument, seen }));
}

const instruments = fc.uniqueArray(instrument, {
  selector: ({ scope, name, kind }) => JSON.stringify([scope, name, kind]),
  minLength: 1,
  maxLength: 6,
});
const RESTART: Step = { do: 'restart' };
const COLLECT: readonly Step[] = [
  { do: 'collect', reader: 0 },
  { do: 'collect', reader: 1 },
];

export const programs: fc.Arbitrary<Program> = fc
  .tuple(instruments, fc.array(attributes, { minLength: 1, maxLength: 5 }))
  .chain(([made, sets]) => {
    const one: fc.Arbitrary<Step> = fc.oneof(
      { weight: 8, arbitrary: fc.oneof(...made.map((instrument, i) => step(instrument, i, sets))) },
      { weight: 1, arbitrary: fc.nat(5000).map((millis): Step => ({ do: 'wait', millis })) },
      { weight: 2, arbitrary: fc.constantFrom(...COLLECT) },
    );
    const steps = fc.array(one, { minLength: 1, maxLength: 60 });
    return fc.tuple(steps, fc.option(steps, { freq: 3 })).map(([first, then]) => ({
      instruments: made,
      steps: [...first, ...COLLECT, ...(then ? [RESTART, ...then, ...COLLECT] : [])],
    }));
  });

/** Attributes as a set: without order, and without those that are explicitly undefined. */
export function seriesKey(given: Attributes | undefined): string {
  const pairs = Object.entries(given ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, JSON.stringify(value)]);
  return JSON.stringify(pairs.sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)));
}
