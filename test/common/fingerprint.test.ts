import { fingerprint } from '../../src/common/fingerprint.js';

const equal: [what: string, a: unknown, b: unknown][] = [
  ['members in another order', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
  ['a member that is undefined', { a: 1, b: undefined }, { a: 1 }],
  ['a date and its JSON', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
  ['-0 and 0, which JSON does not tell apart', -0, 0],
  ['an object without prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ['undefined in a list, as JSON has it', [undefined], [null]],
];
test.each(equal)('%s makes no difference', (_, a, b) => {
  expect(fingerprint(a)).toBe(fingerprint(b));
  expect(fingerprint(a)).toMatch(/^[\w+/]{43}=$/);
});

const different: [what: string, a: unknown, b: unknown][] = [
  ['a number and its text', { n: 1 }, { n: '1' }],
  ['a bigint and a number', 1n, 1],
  ['NaN and null', [NaN], [null]],
  ['true and false', true, false],
  ['the order of a list', [1, 2], [2, 1]],
  ['a list in a list', [[1], 2], [1, [2]]],
  ['text that looks like a boundary', { a: '1,"b":2' }, { a: '1', b: 2 }],
  ['an empty list and an empty object', [], {}],
  ['one letter in a megabyte', 'x'.repeat(1_000_000), `${'x'.repeat(999_999)}y`],
];
test.each(different)('%s makes a difference', (_, a, b) => {
  expect(fingerprint(a)).not.toBe(fingerprint(b));
  expect([fingerprint(a), fingerprint(b)]).not.toContain(undefined);
});

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;
class Money {
  readonly #amount = 1;
  amount(): number {
    return this.#amount;
  }
}
const unhashable: [what: string, value: unknown][] = [
  ['a function', { run: () => 1 }],
  ['a symbol', Symbol('s')],
  ['undefined', undefined],
  ['a map', new Map([['a', 1]])],
  ['an instance that keeps what is no member', new Money()],
  ['a cycle', cyclic],
  ['a date that is none', new Date(NaN)],
  ['more than a mebibyte of text', 'x'.repeat((1 << 20) + 1)],
  ['more than a mebibyte of parts', Array.from({ length: 3 }, () => 'x'.repeat(400_000))],
  ['more than ten thousand values', Array.from({ length: 10_001 }, () => 0)],
  [
    'a getter that throws',
    {
      get secret(): string {
        throw new Error('no');
      },
    },
  ],
];
test.each(unhashable)('%s has no hash', (_, value) => expect(fingerprint(value)).toBeUndefined());
