import { attributeEntries, MAX_ATTRIBUTES } from '../../src/cardinality/attribute-values.js';

test('no attributes give no entries', () => {
  expect(attributeEntries(undefined)).toEqual({ entries: [], names: [], refused: [], verbatim: true });
});

test("entries are sorted by name, and the names keep the caller's order", () => {
  expect(attributeEntries({ b: 1, a: 'x', c: true })).toEqual({
    entries: [
      ['a', 'x'],
      ['b', 1],
      ['c', true],
    ],
    names: ['b', 'a', 'c'],
    refused: [],
    verbatim: true,
  });
});

test('an attribute that is undefined is absent, and not refused', () => {
  expect(attributeEntries({ a: undefined, b: 1 })).toMatchObject({
    names: ['b'],
    refused: [],
    verbatim: true,
  });
});

test.each([[null], ['text'], [7], [Symbol('s')], [true], [() => {}]])(
  'attributes that are %p are refused as a whole',
  (given) => {
    expect(attributeEntries(given)).toEqual({
      entries: [],
      names: [],
      refused: [undefined],
      verbatim: false,
    });
  },
);

test.each<[string, unknown]>([
  ['null', null],
  ['an object', {}],
  ['a symbol', Symbol('s')],
  ['a function', () => {}],
  ['an array of several types', [1, 'a']],
  ['an array of arrays', [[1]]],
])('an attribute whose value is %s is refused, and the rest is taken', (_, value) => {
  expect(attributeEntries({ a: value, b: 1 })).toEqual({
    entries: [['b', 1]],
    names: ['b'],
    refused: ['a'],
    verbatim: false,
  });
});

test.each<[string, unknown, unknown]>([
  ['a bigint becomes text', 10n, '10'],
  ['a long text is cut', 'x'.repeat(200), 'x'.repeat(128)],
  ['a lone surrogate is replaced', 'a\uD800b', 'a\uFFFDb'],
  ['a pair that the cut parts is replaced', 'x'.repeat(127) + '🐢', 'x'.repeat(127) + '\uFFFD'],
  ['an array is copied', [1, 2], [1, 2]],
  ['an empty array stays', [], []],
  ['null in an array stays', ['a', null, undefined], ['a', null, null]],
  ['a long array is cut', Array<number>(100).fill(7), Array<number>(MAX_ATTRIBUTES).fill(7)],
  ['texts in an array are cut too', ['y'.repeat(200)], ['y'.repeat(128)]],
])('%s, so the entry is not verbatim', (_, value, taken) => {
  expect(attributeEntries({ a: value })).toMatchObject({
    entries: [['a', taken]],
    refused: [],
    verbatim: false,
  });
});

test('of an array, what is no value is left out and counted, and the rest is taken', () => {
  expect(attributeEntries({ a: [1, {}, 2] })).toMatchObject({ entries: [['a', [1, 2]]], refused: ['a'] });
});

test('a long name is cut, and refused where it is another one then', () => {
  const long = 'n'.repeat(3000);
  const { entries, refused, verbatim } = attributeEntries({ [long]: 1, [`${long}x`]: 2 });
  expect(entries).toEqual([['n'.repeat(128), 1]]);
  expect([refused, verbatim]).toEqual([['n'.repeat(128)], false]);
});

test('a copied array is frozen', () => {
  expect(Object.isFrozen(attributeEntries({ a: [1] }).entries[0]![1])).toBe(true);
});

test('empty names are refused, and names that become equal are one attribute', () => {
  const { entries, refused, verbatim } = attributeEntries({ '': 1, '\uD800': 2, '\uDC00': 3 });
  expect(entries).toEqual([['\uFFFD', 3]]);
  expect([refused, verbatim]).toEqual([[''], false]);
});

test('attributes beyond the limit are left out and named as refused', () => {
  const given = Object.fromEntries(Array.from({ length: MAX_ATTRIBUTES + 2 }, (_, i) => [`k${i}`, i]));
  const { entries, refused } = attributeEntries(given);
  expect(entries).toHaveLength(MAX_ATTRIBUTES);
  expect(refused).toEqual([`k${MAX_ATTRIBUTES}`, `k${MAX_ATTRIBUTES + 1}`]);
});

test('inherited attributes and symbols are not read', () => {
  const given = Object.assign(Object.create({ inherited: 1 }) as object, { own: 2, [Symbol('s')]: 3 });
  expect(attributeEntries(given).entries).toEqual([['own', 2]]);
});

test('a getter that throws loses its own attribute, a proxy that throws all of them', () => {
  const no = (): never => {
    throw new Error('no');
  };
  const given = Object.defineProperty({ b: 1 }, 'a', { get: no, enumerable: true });
  expect(attributeEntries(given)).toMatchObject({ entries: [['b', 1]], refused: ['a'] });
  expect(attributeEntries(new Proxy({}, { ownKeys: no }))).toMatchObject({ refused: [undefined] });
});
