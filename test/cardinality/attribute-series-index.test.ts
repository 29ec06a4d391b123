import fc from 'fast-check';
import type { Attributes } from '@opentelemetry/api';
import type { CardinalityLimits } from '../../src/cardinality/cardinality-limits.js';
import { AttributeSeriesIndex } from '../../src/cardinality/attribute-series-index.js';
import { listening } from './support.js';

fc.configureGlobal({ seed: 20_260_504 }); // the same attributes in every run

const UNBOUNDED = { id: Infinity, open: Infinity, slug: Infinity, series: Infinity };
const rowsOf = (caps: CardinalityLimits = {}) => {
  const listener = listening();
  return { rows: new AttributeSeriesIndex('n', { ...UNBOUNDED, ...caps }, listener), heard: listener.heard };
};

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'd', '__proto__', '1', '10', 'constructor'),
  fc.string({ minLength: 1, maxLength: 3 }),
);
const value = fc.oneof(
  fc.constantFrom<unknown>('', '1', 1, true, 'true', 0, NaN, Infinity, -Infinity, '[1]'),
  fc.string({ maxLength: 3 }),
  fc.array(fc.constantFrom(1, 2, NaN), { maxLength: 2 }),
);
const entries = fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 8 });
const shuffled = entries.chain((given) =>
  fc.tuple(
    fc.constant(given),
    fc.array(fc.shuffledSubarray(given, { minLength: given.length }), { minLength: 2, maxLength: 4 }),
  ),
);
const attributesOf = (given: readonly (readonly [string, unknown])[]): Attributes =>
  Object.fromEntries(given) as Attributes;

test('attributes in any order of their names are one series', () => {
  fc.assert(
    fc.property(fc.array(shuffled, { minLength: 1, maxLength: 5 }), (sets) => {
      const { rows, heard } = rowsOf();
      const found = sets.map(([given]) => rows.find(attributesOf(given)));
      const { size } = rows;
      for (let pass = 0; pass < 2; pass++) {
        sets.forEach(([, orders], i) => {
          for (const order of orders) expect(rows.find(attributesOf(order))).toBe(found[i]);
        });
      }
      expect(rows.size).toBe(size);
      sets.forEach(([given], i) => expect(rows.attributesOf(found[i]!)).toEqual(attributesOf(given)));
      expect(heard).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('attributes that differ in anything are two series', () => {
  const { rows } = rowsOf();
  const sets: Attributes[] = [
    {},
    { a: '1' },
    { a: 1 },
    { a: true },
    { a: 'true' },
    { a: [1] },
    { a: ['1'] },
    { a: '[1]' },
    { a: [] },
    { a: '' },
    { a: NaN },
    { a: Infinity },
    { a: [NaN] },
    { b: '1' },
    { a: '1', b: '1' },
    JSON.parse('{"__proto__":"1"}') as Attributes,
  ];
  for (let pass = 0; pass < 2; pass++) {
    expect(sets.map((set) => rows.find(set))).toEqual(sets.map((_, i) => i));
  }
});

test('undefined, -0 and inherited attributes do not make another series', () => {
  const { rows } = rowsOf();
  expect(rows.find({ a: 0, b: undefined })).toBe(rows.find({ a: -0 }));
  expect(rows.find(Object.create({ inherited: 1 }) as Attributes)).toBe(rows.find(undefined));
  expect(rows.find(Object.assign(Object.create(null) as object, { a: 0 }))).toBe(rows.find({ a: 0 }));
  expect(rows.size).toBe(2);
});

test('series are found in more orders of names than are remembered', () => {
  const { rows } = rowsOf();
  const names = Array.from({ length: 40 }, (_, i) => `k${i}`);
  const found = (): number[] =>
    names.flatMap((first) => [
      rows.find({ [first]: 1, last: 2 }),
      rows.find({ last: 2, [first]: 1, more: 3 }),
      rows.find({ more: 3, last: 2, [first]: 1 }),
    ]);
  const first = found();
  expect(rows.size).toBe(80);
  expect(found()).toEqual(first);
});

test('a getter of the attributes that records itself confuses neither recording', () => {
  const { rows } = rowsOf();
  rows.find({ a: 'x', b: 'y' });
  rows.find({ a: 'z', b: 'y' });
  let inner = -1;
  const row = rows.find({
    a: 'x',
    get b() {
      inner = rows.find({ a: 'z', b: 'y' });
      return 'y';
    },
  });
  expect([row, inner]).toEqual([0, 1]);
});

test('series beyond the limit go to the overflow series, and known ones stay', () => {
  const { rows, heard } = rowsOf({ series: 2 });
  expect(['a', 'b', 'c', 'd', 'a'].map((user) => rows.find({ user }))).toEqual([0, 1, 2, 2, 0]);
  expect(rows.attributesOf(2)).toEqual({ 'otel.metric.overflow': true });
  expect([rows.size, rows.counted, rows.limit]).toEqual([3, 2, 2]);
  expect(rows.find(undefined)).toBe(2);
  expect(rows.find(undefined)).toBe(2);
  expect(heard).toEqual(Array.from({ length: 4 }, () => ['overflowed', '*', 2]));
});

test('values beyond the limit of an attribute share a series, and booleans do not count', () => {
  const { rows, heard } = rowsOf({ id: 1 });
  rows.find({ user: 'a', on: true });
  const overflow = rows.find({ user: 'b', on: true });
  expect(rows.attributesOf(overflow)).toEqual({ user: '__overflow__', on: true });
  expect(rows.find({ on: true, user: 'c' })).toBe(overflow);
  expect(rows.find({ on: true, user: '__overflow__' })).toBe(overflow);
  expect(rows.attributesOf(rows.find({ on: false, user: 'a' }))).toEqual({ user: 'a', on: false });
  expect(heard).toEqual([
    ['overflowed', 'user', 1],
    ['overflowed', 'user', 1],
  ]);
});
