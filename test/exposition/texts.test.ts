import fc from 'fast-check';
import { canonicalText, numberText } from '../../src/exposition/format-writer.js';
import { labelPairs, HISTOGRAM_RESERVED, NONE_RESERVED } from '../../src/exposition/labels.js';
import { SeriesTexts } from '../../src/exposition/series-texts.js';
import { parseExposition } from '../../src/testing/parse-exposition.js';

fc.configureGlobal({ seed: 20_260_506 }); // the same texts in every run

describe('label pairs', () => {
  it.each<[object, string]>([
    [{}, ''],
    [{ b: 'x', a: 'y' }, 'b="x",a="y"'],
    [{ a: 1.5, b: true, c: ['x', 1] }, 'a="1.5",b="true",c="[\\"x\\",1]"'],
    [{ a: 'back\\slash "quoted"\nnext' }, 'a="back\\\\slash \\"quoted\\"\\nnext"'],
    [{ a: '\r\t{}' }, 'a="\r\t{}"'],
    [{ a: '\uD800' }, 'a="\uFFFD"'],
    [{ a: '', b: 'x' }, 'b="x"'],
    [{ a: undefined, b: null, c: 'x' }, 'c="x"'],
    [{ z: 'x', 'a.b': 'y' }, 'a_b="y",z="x"'],
    [{ a_b: 2, 'a.b': 1 }, 'a_b="1;2"'],
    [{ 'a.b': '', a_b: '' }, 'a_b=";"'],
    [{ '1st': 'x', __name__: 'y' }, '_1st="x",_name_="y"'],
    [{ a: NaN }, 'a="null"'],
  ])('of %j are %s', (attributes, text) => {
    expect(labelPairs(attributes as never, NONE_RESERVED).text).toBe(text);
  });

  it('rename a reserved label', () => {
    expect(labelPairs({ le: 'x', exported_le: 'y' }, HISTOGRAM_RESERVED).text).toBe('exported_le="y;x"');
  });

  it.each<[object, boolean]>([
    [{ a: 'x' }, true],
    [{}, true],
    [{ a: '' }, false],
    [{ a: 1 }, false],
    [{ 'a.b': 'x' }, false],
    [{ le: 'x' }, false],
  ])('of %j tell whether others could have the same text: plain is %p', (attributes, plain) => {
    expect(labelPairs(attributes as never, HISTOGRAM_RESERVED).plain).toBe(plain);
  });

  it('are read back as they were by a parser', () => {
    const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), value, { maxKeys: 4 }), (attributes) => {
        const { text } = labelPairs(attributes, NONE_RESERVED);
        const [family] = parseExposition(`m${text === '' ? '' : `{${text}}`} 1\n`);
        const expected = Object.entries(attributes).map(([name, given]) => [
          name,
          Buffer.from(given).toString(),
        ]);
        expect(family!.samples[0]!.labels).toEqual(Object.fromEntries(expected));
      }),
    );
  });
});

describe('series texts', () => {
  const textsOf = (...sets: readonly object[]): SeriesTexts =>
    new SeriesTexts({ attributesOf: (row) => sets[row] as never }, NONE_RESERVED);

  it('are made once a row, in any order of rows', () => {
    const read = jest.fn((row: number) => ({ row: `r${row}` }));
    const texts = new SeriesTexts({ attributesOf: read }, NONE_RESERVED);
    expect([texts.of(2), texts.of(0), texts.of(2)]).toEqual(['row="r2"', 'row="r0"', 'row="r2"']);
    expect([0, 1, 2, 3].map((row) => texts.has(row))).toEqual([true, false, true, false]);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('say when two rows have one text', () => {
    const texts = textsOf({ a: '1' }, { b: 'x' }, { a: 1 });
    texts.of(0);
    texts.of(1);
    expect(texts.collides()).toBe(false);
    texts.of(2);
    expect(texts.collides()).toBe(true);
  });

  it('say when two rows have one text, also where the plain one comes last', () => {
    const texts = textsOf({ a: 1 }, { a: '1' });
    texts.of(0);
    texts.of(1);
    expect(texts.collides()).toBe(true);
  });
});

test.each<[number, string]>([
  [1, '1'],
  [-0.5, '-0.5'],
  [1e21, '1e+21'],
  [5e-324, '5e-324'],
  [NaN, 'NaN'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
])('the number %p is written %s', (value, text) => {
  expect(numberText(value)).toBe(text);
  expect(parseExposition(`m ${text}\n`)[0]!.samples[0]!.value).toBe(value);
});

// As Go's strconv.FormatFloat(value, 'g', -1, 64) writes them, with a fraction where there would be none.
test.each<[number, string]>([
  [0, '0.0'],
  [-0, '0.0'],
  [1, '1.0'],
  [-1, '-1.0'],
  [10, '10.0'],
  [0.1, '0.1'],
  [2.5, '2.5'],
  [100_000, '100000.0'],
  [123_456, '123456.0'],
  [999_999.5, '999999.5'],
  [1_000_000, '1e+06'],
  [1_234_567, '1.234567e+06'],
  [-2_500_000, '-2.5e+06'],
  [0.001, '0.001'],
  [0.0001, '0.0001'],
  [0.00012, '0.00012'],
  [0.00001, '1e-05'],
  [0.000025, '2.5e-05'],
  [1e21, '1e+21'],
  [1e100, '1e+100'],
  [5e-324, '5e-324'],
  [1.7976931348623157e308, '1.7976931348623157e+308'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
  [NaN, 'NaN'],
])('the canonical text of %p is %s', (value, text) => {
  expect(canonicalText(value)).toBe(text);
});

test('a canonical text is the number, and tells a reader that it is no integer', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = canonicalText(value);
      expect(Number(text)).toBe(value === 0 ? 0 : value);
      expect(text).toMatch(/^-?\d+(\.\d+)?e[+-]\d{2,}$|^-?\d+\.\d+$/);
    }),
  );
});
