import fc from 'fast-check';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { parseExposition, type Family } from '../../src/testing/parse-exposition.js';
import { sampleValue, seriesOf, type Sample } from '../../src/testing/samples.js';
import { ExpositionError } from '../../src/testing/text-cursor.js';
import { promtoolCheck, pythonParse } from '../support/independent-parsers.js';
import { rounds } from '../support/rounds.js';

const PARSE_FAULT = 1;
const hasPromtool = promtoolCheck('') !== undefined;
const hasPython = pythonParse('') !== undefined;

/** Runs with a second program's opinion; where it is not installed this says so, and in CI it fails. */
const withProgram =
  (program: string, isPresent: boolean) =>
  (name: string, run: () => void | Promise<void>): void =>
    test(name, async () => {
      if (isPresent) return run();
      if (process.env['CI'] === 'true') throw new Error(`${program} is not installed`);
      console.warn(`not compared: ${program} is not installed`);
    });
const withPromtool = withProgram('promtool', hasPromtool);
const withPython = withProgram("Python's prometheus_client", hasPython);

const joined = (...lines: string[]) => lines.map((line) => `${line}\n`).join('');

describe('parseExposition', () => {
  test('reads names in quotes', () => {
    const text = joined(
      '# TYPE "a.\\"\\n\\\\请_total" counter',
      '{"a.\\"\\n\\\\请_total","k.é"="v",plain="w"} 1',
      '{ "a.\\"\\n\\\\请_total" , "k.é" = "v" , } 2',
      '# TYPE "h\\n" histogram',
      '{"h\\n_bucket",le="+Inf"} 1',
      '{"h\\n_count"} 1',
      '{"h\\n_sum"} 1',
    );
    const name = 'a."\n\\请_total';
    expect(parseExposition(text)).toMatchObject([
      {
        name,
        type: 'counter',
        samples: [
          { name, labels: { 'k.é': 'v', plain: 'w' } },
          { name, labels: { 'k.é': 'v' } },
        ],
      },
      { name: 'h\n', type: 'histogram' },
    ]);
    expect(() => parseExposition('{a="1","b"} 1\n')).toThrow('invalid metric name');
    expect(() => parseExposition('a{"b"} 1\n')).toThrow('no "="');
  });

  test('reads families with their help, type and samples', () => {
    const text = joined(
      '# A comment, and one without text:',
      '#',
      '# HELP requests_total All \\\\ requests,\\nby "outcome"  ',
      '# TYPE requests_total counter',
      'requests_total{outcome="allow",agent="a, {b} = \\"c\\" \\\\ \\n é🙂"} 3 1700000000123',
      'requests_total{outcome="deny",} 4e-2',
      '',
      '# HELP blank',
      '#\tTYPE\tblank   gauge',
      '\tblank { a = "1" , b="" } \t -Inf -5',
      'blank{a="2"}+Inf',
      'blank NaN',
      'untyped:thing .5',
    );
    expect(parseExposition(text)).toEqual([
      {
        name: 'requests_total',
        type: 'counter',
        help: 'All \\ requests,\nby "outcome"  ',
        samples: [
          {
            name: 'requests_total',
            labels: { outcome: 'allow', agent: 'a, {b} = "c" \\ \n é🙂' },
            value: 3,
            timestamp: 1_700_000_000_123,
          },
          { name: 'requests_total', labels: { outcome: 'deny' }, value: 0.04 },
        ],
      },
      {
        name: 'blank',
        type: 'gauge',
        help: '',
        samples: [
          { name: 'blank', labels: { a: '1', b: '' }, value: -Infinity, timestamp: -5 },
          { name: 'blank', labels: { a: '2' }, value: Infinity },
          { name: 'blank', labels: {}, value: NaN },
        ],
      },
      {
        name: 'untyped:thing',
        type: 'untyped',
        help: undefined,
        samples: [{ name: 'untyped:thing', labels: {}, value: 0.5 }],
      },
    ]);
  });

  test('gathers the series of histograms and summaries', () => {
    const text = joined(
      '# TYPE h histogram',
      'h_bucket{route="/",le="0.5"} 1',
      'h_bucket{route="/",le="+Inf"} 3',
      'h_sum{route="/"} 4.5',
      'h_count{route="/"} 3',
      'h_bucket{le="+Inf",route="/x"} 0',
      'h_count{route="/x"} 0',
      '# TYPE s summary',
      's{quantile="0.99"} 2',
      's_sum 7',
      's_count 4',
      's_bucket 1',
    );
    const families = parseExposition(text);
    expect(families.map(({ name, type, samples }) => [name, type, samples.length])).toEqual([
      ['h', 'histogram', 6],
      ['s', 'summary', 3],
      ['s_bucket', 'untyped', 1],
    ]);
    expect(seriesOf(families, 'h_bucket')).toHaveLength(3);
    expect(seriesOf(families, 'h')).toHaveLength(6);
    expect(seriesOf(families, 'absent')).toEqual([]);
  });

  test('keeps a label named like an inherited property', () => {
    const [family] = parseExposition('a{__proto__="x",constructor="y"} 1\n');
    expect(Object.entries(family!.samples[0]!.labels)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  test('reads nothing from nothing', () => {
    expect(parseExposition('')).toEqual([]);
    expect(parseExposition('\n \n\t\n')).toEqual([]);
  });

  test.each<[fault: string, line: number, reason: RegExp, text: string]>([
    ['no final line feed', 2, /no line feed/, 'a 1\nb 1'],
    ['a metric name that starts with a digit', 1, /invalid metric name/, '0a 1\n'],
    ['a metric name with a dash', 1, /invalid metric name/, 'a-b 1\n'],
    ['a metric name with a letter beyond ASCII', 1, /invalid metric name/, 'é 1\n'],
    ['a sample without a name', 1, /invalid metric name/, '{a="1"} 1\n'],
    ['a label name that starts with a digit', 1, /invalid label name/, 'a{0="1"} 1\n'],
    ['a label name with a colon', 1, /no "=" after/, 'a{a:b="1"} 1\n'],
    ['the reserved label name', 1, /__name__ is reserved/, 'a{__name__="b"} 1\n'],
    ['a label twice', 1, /label x comes twice/, 'a{x="1",y="",x="2"} 1\n'],
    ['a label without quotes', 1, /not quoted/, 'a{x=1} 1\n'],
    ['a label value over two lines', 1, /not quoted on one line/, 'a{x="1\n2"} 1\n'],
    ['labels without a comma', 1, /neither "," nor "}"/, 'a{x="1" y="2"} 1\n'],
    ['two commas', 1, /invalid label name/, 'a{x="1",,} 1\n'],
    ['a lone comma', 1, /invalid label name/, 'a{,} 1\n'],
    ['braces left open', 1, /invalid label name/, 'a{x="1", 1\n'],
    ['an unknown escape in a label value', 1, /invalid escape \\t/, 'a{x="\\t"} 1\n'],
    ['an unknown escape in help', 1, /invalid escape \\"/, '# HELP a \\"\na 1\n'],
    ['a lone backslash at the end of help', 1, /invalid escape \\/, '# HELP a \\\na 1\n'],
    ['half a character', 1, /lone surrogate/, 'a{x="\ud83d"} 1\n'],
    ['no value', 1, /"" is not a number/, 'a{} \n'],
    ['no blank before the value', 1, /no blank before the value/, 'a+1\n'],
    ['no value and no blank', 1, /invalid metric name/, 'a\n'],
    ['a value in words', 1, /"one" is not a number/, 'a one\n'],
    ['a hexadecimal value', 1, /not a number/, 'a 0x10\n'],
    ['a value with separators', 1, /not a number/, 'a 1_000\n'],
    ['a value out of range', 1, /not a number/, 'a 1e400\n'],
    ['a NaN with a sign', 1, /not a number/, 'a -NaN\n'],
    ['a carriage return', 1, /not a number/, 'a 1\r\n'],
    ['a blank after the value', 1, /"" is not a timestamp/, 'a 1 \n'],
    ['a fractional timestamp', 1, /not a timestamp/, 'a 1 1.5\n'],
    ['a timestamp out of range', 1, /not a timestamp/, 'a 1 9223372036854775808\n'],
    ['something after the timestamp', 1, /"6" after the timestamp/, 'a 1 5 6\n'],
    ['a series twice', 3, /is already on line 1/, 'a{x="1",y="2"} 1\n\na{y="2",x="1"} 2\n'],
    ['a series twice, once with an empty label', 2, /already on line 1/, 'a 1\na{x=""} 2\n'],
    ['a series twice at two times', 2, /already on line 1/, 'a 1 1\na 2 2\n'],
    ['a type after the samples', 2, /TYPE for a after its samples/, 'a 1\n# TYPE a gauge\n'],
    ['help after the samples', 2, /HELP for a after its samples/, 'a 1\n# HELP a b\n'],
    ['two types', 2, /a second TYPE/, '# TYPE a gauge\n# TYPE a gauge\n'],
    ['two helps', 2, /a second HELP/, '# HELP a\n# HELP a\n'],
    ['an unknown type', 1, /unknown type "info"/, '# TYPE a info\n'],
    ['a type in capitals', 1, /unknown type "GAUGE"/, '# TYPE a GAUGE\n'],
    ['a type with a blank after it', 1, /unknown type "gauge "/, '# TYPE a gauge \n'],
    ['a type that is missing', 1, /unknown type ""/, '# TYPE a\n'],
    ['a type of nothing', 1, /TYPE needs a metric name/, '# TYPE\n'],
    ['help for an invalid name', 1, /invalid metric name/, '# HELP a.b text\n'],
    ['a family in two places', 3, /family a goes on here, but began on line 1/, 'a 1\nb 1\na{x="1"} 1\n'],
    ['metadata in two places', 3, /family a goes on here/, '# TYPE a gauge\n# TYPE b gauge\n# HELP a text\n'],
    [
      'a family in a histogram',
      3,
      /family h goes on/,
      '# TYPE h histogram\nx 1\nh_bucket{le="+Inf"} 1\nh_count 1\n',
    ],
    [
      'a family that a histogram takes over',
      2,
      /h_sum is also a series of the histogram h/,
      'h_sum 1\n# TYPE h histogram\n',
    ],
    ['a family that a summary takes over', 2, /s_count is also/, '# TYPE s_count gauge\n# TYPE s summary\n'],
    [
      'a histogram without +Inf',
      3,
      /h\{\}: no bucket le="\+Inf"/,
      '# TYPE h histogram\nh_bucket{le="1"} 1\nh_count 1\n',
    ],
    ['a histogram without buckets', 2, /no bucket/, '# TYPE h histogram\nh_sum 1\n'],
    [
      'one series of a histogram without +Inf',
      4,
      /h\{x="2"\}: no bucket/,
      '# TYPE h histogram\nh_bucket{le="+Inf",x="1"} 1\nh_count{x="1"} 1\nh_count{x="2"} 1\n',
    ],
    [
      'a histogram that falls',
      3,
      /do not accumulate at le="\+Inf"/,
      '# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\n',
    ],
    ['a bucket below zero', 2, /do not accumulate/, '# TYPE h histogram\nh_bucket{le="+Inf"} -1\n'],
    ['a bucket that is no number', 2, /do not accumulate/, '# TYPE h histogram\nh_bucket{le="+Inf"} NaN\n'],
    [
      'buckets out of order',
      3,
      /le="1" does not come after le="2"/,
      '# TYPE h histogram\nh_bucket{le="2"} 1\nh_bucket{le="1"} 1\n',
    ],
    [
      'a bound twice',
      3,
      /does not come after/,
      '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="1.0"} 1\n',
    ],
    ['a bound in words', 2, /"big" is not a number/, '# TYPE h histogram\nh_bucket{le="big"} 1\n'],
    ['a bound that is no number', 2, /does not come after/, '# TYPE h histogram\nh_bucket{le="NaN"} 1\n'],
    ['a bucket without le', 2, /h_bucket lacks the label le/, '# TYPE h histogram\nh_bucket 1\n'],
    [
      'a histogram count with le',
      2,
      /h_count must not have the label le/,
      '# TYPE h histogram\nh_count{le="1"} 1\n',
    ],
    [
      'a histogram count that is not +Inf',
      3,
      /_count is 4, the bucket le="\+Inf" is 3/,
      '# TYPE h histogram\nh_bucket{le="+Inf"} 3\nh_count 4\n',
    ],
    ['a histogram without a count', 2, /_count is undefined/, '# TYPE h histogram\nh_bucket{le="+Inf"} 3\n'],
    ['a bare sample of a histogram', 2, /without _bucket/, '# TYPE h histogram\nh 3\n'],
    ['a summary without quantile', 2, /s lacks the label quantile/, '# TYPE s summary\ns 3\n'],
    ['a summary count with quantile', 2, /must not have/, '# TYPE s summary\ns_count{quantile="1"} 3\n'],
    ['a quantile in words', 2, /"half" is not a number/, '# TYPE s summary\ns{quantile="half"} 3\n'],
  ])('refuses %s', (_, line, reason, text) => {
    let thrown: unknown;
    try {
      parseExposition(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ExpositionError);
    expect((thrown as ExpositionError).reason).toMatch(reason);
    expect((thrown as ExpositionError).line).toBe(line);
    expect((thrown as ExpositionError).message).toMatch(new RegExp(`^line ${line}: `));
  });
});

describe('sampleValue', () => {
  const families = parseExposition(
    joined(
      'a{x="1",y="1"} 11',
      'a{x="1",y="2"} 12',
      'a{x="2"} 2',
      '# TYPE h histogram',
      'h_bucket{le="+Inf"} 5',
      'h_count 5',
    ),
  );

  test('finds the one sample that has the labels asked for', () => {
    expect(sampleValue(families, 'a', { y: '2' })).toBe(12);
    expect(sampleValue(families, 'a', { x: '1', y: '1' })).toBe(11);
    expect(sampleValue(families, 'h_count')).toBe(5);
    expect(sampleValue(families, 'h_bucket', { le: '+Inf' })).toBe(5);
  });

  test('takes an empty label as one to be absent', () => {
    expect(sampleValue(families, 'a', { y: '' })).toBe(2);
    expect(sampleValue(families, 'a', { x: '2', constructor: '' })).toBe(2);
  });

  test('is undefined where nothing fits', () => {
    expect(sampleValue(families, 'a', { x: '3' })).toBeUndefined();
    expect(sampleValue(families, 'a', { z: '1' })).toBeUndefined();
    expect(sampleValue(families, 'h')).toBeUndefined();
  });

  test('refuses to choose', () => {
    expect(() => sampleValue(families, 'a', { x: '1' })).toThrow(
      'several samples fit a {"x":"1"}: a{x="1",y="1"} a{',
    );
  });
});

// ---- properties: any exposition, written in any of the layouts the format allows

const nameOf = (pattern: RegExp) => fc.stringMatching(pattern, { maxLength: 12 });
const trickyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({
    unit: fc.constantFrom('\\', '"', '\n', ',', '{', '}', '=', '#', ' ', 'n', 'é', '🙂'),
    maxLength: 12,
  }),
);
const value = fc.double();
const labelSet = fc
  .dictionary(
    fc.oneof(nameOf(/^[a-zA-Z_][a-zA-Z0-9_]*$/), fc.constantFrom('__proto__', 'constructor', '_', 'HELP')),
    trickyText,
    { maxKeys: 4 },
  )
  .map((labels) =>
    Object.entries(labels).filter(([label]) => !['le', 'quantile', '__name__', 'series'].includes(label)),
  );
type Pairs = [string, string][];

const withPairs = (name: string, pairs: Pairs, value: number, timestamp?: number): Sample => ({
  name,
  labels: Object.fromEntries(pairs),
  value,
  ...(timestamp !== undefined && { timestamp }),
});

const plainSamples = (name: string) =>
  fc
    .array(fc.tuple(labelSet, value, fc.option(fc.integer(), { nil: undefined })), {
      minLength: 1,
      maxLength: 4,
    })
    .map((rows) =>
      rows.map(([pairs, number, timestamp], series) =>
        withPairs(name, [...pairs, ['series', `${series}`]], number, timestamp),
      ),
    );

const histogramSamples = (name: string) =>
  fc
    .array(
      fc.tuple(
        labelSet,
        fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), {
          maxLength: 4,
          // -0 and 0 are the same bound.
          comparator: (a, b) => a === b,
        }),
        fc.array(fc.nat(1_000), { minLength: 5, maxLength: 5 }),
        fc.double({ noNaN: true }),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((rows) =>
      rows.flatMap(([pairs, bounds, increments, sum], series): Sample[] => {
        const labels: Pairs = [...pairs, ['series', `${series}`]];
        let count = 0;
        const buckets = [...[...bounds].sort((a, b) => a - b), Infinity].map((bound, index) => {
          count += increments[index]!;
          return withPairs(`${name}_bucket`, [...labels, ['le', numberText(bound)]], count);
        });
        return [...buckets, withPairs(`${name}_sum`, labels, sum), withPairs(`${name}_count`, labels, count)];
      }),
    );

const summarySamples = (name: string) =>
  fc.array(fc.tuple(labelSet, value, value, fc.nat()), { minLength: 1, maxLength: 3 }).map((rows) =>
    rows.flatMap(([pairs, median, sum, count], series): Sample[] => {
      const labels: Pairs = [...pairs, ['series', `${series}`]];
      return [
        withPairs(name, [...labels, ['quantile', '0.5']], median),
        withPairs(`${name}_sum`, labels, sum),
        withPairs(`${name}_count`, labels, count),
      ];
    }),
  );

const familyOf = (index: number): fc.Arbitrary<Family> =>
  fc
    .record({
      // The number at the end keeps names apart, also from the _sum, _count and _bucket of others.
      name: nameOf(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/).map((name) => `${name}_${index}`),
      type: fc.constantFrom('counter' as const, 'gauge', 'histogram', 'summary', 'untyped'),
      // Blanks before a help text are layout.
      help: fc.option(
        trickyText.map((help) => help.replace(/^[ \t]+/, '')),
        { nil: undefined },
      ),
    })
    .chain(({ name, type, help }) => {
      const samples =
        type === 'histogram'
          ? histogramSamples(name)
          : type === 'summary'
            ? summarySamples(name)
            : plainSamples(name);
      return samples.map((samples) => ({ name, type, help, samples }));
    });

const anyFamilies = fc
  .nat(3)
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => familyOf(index))));

/** Where the format leaves a choice, the next of these numbers decides. */
const anyLayout = fc.infiniteStream(fc.nat(3));

function numberText(number: number): string {
  return Object.is(number, -0)
    ? '-0'
    : String(number).replace(/^(-?)Infinity$/, (_, sign) => `${sign || '+'}Inf`);
}

function render(families: readonly Family[], layout: Iterator<number>): string {
  const choose = (...choices: string[]) => choices[(layout.next().value as number) % choices.length]!;
  const blanks = () => choose('', ' ', '\t', '  ');
  const gap = () => choose(' ', '\t', '  ', ' \t');
  let text = '';
  const write = (line: string) => {
    text += choose('', '', '# a comment {\n', '\n \t\n') + blanks() + line + '\n';
  };
  for (const { name, type, help, samples } of families) {
    const metadata = [`#${gap()}TYPE${gap()}${name}${gap()}${type}`];
    if (type === 'untyped' && choose('', 'x') === '') metadata.pop();
    if (help !== undefined) {
      const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
      metadata.push(`#${gap()}HELP${gap()}${name}${help === '' ? '' : gap() + escaped}`);
    }
    if (choose('', 'x') === '') metadata.reverse();
    metadata.forEach(write);
    for (const sample of samples) {
      const pairs = Object.entries(sample.labels).map(([label, value]) => {
        const escaped = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
        return `${blanks()}${label}${blanks()}=${blanks()}"${escaped}"${blanks()}`;
      });
      const braces = pairs.length > 0 || choose('', 'x') === '';
      const labels = braces
        ? `${blanks()}{${pairs.join(',')}${pairs.length > 0 ? choose('', ',') : ''}}`
        : '';
      const time = sample.timestamp === undefined ? '' : gap() + String(sample.timestamp);
      write(`${sample.name}${labels}${gap()}${numberText(sample.value)}${time}`);
    }
  }
  return text;
}

const anyExposition = fc
  .tuple(anyFamilies, anyLayout)
  .map(([families, layout]) => ({ families, text: render(families, layout) }));

/** Small changes that turn an exposition into something near one. */
const anyNearMiss = fc
  .tuple(
    anyExposition,
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.nat(2),
        fc.constantFrom(...'\\"\n,{}=# \ta0_.-+eN\r', '# TYPE a_0 gauge\n', 'a_0 1\n'),
      ),
      { maxLength: 3 },
    ),
  )
  .map(([{ text }, edits]) =>
    edits.reduce((edited, [at, removed, inserted]) => {
      const characters = [...edited];
      characters.splice(at % (characters.length + 1), removed, inserted);
      return characters.join('');
    }, text),
  );

/** What is refused here though promtool can read it: rules of the format that promtool leaves to others. */
const STRICTER =
  /no line feed|goes on here|already on line|HELP for .* after its samples|unknown type|(HELP|TYPE) needs a metric name|also a series of|has a sample without|(lacks|must not have) the label|does not come after|do not accumulate|no bucket|_count is|no blank before/;

/** Why a text is refused, undefined for one that is read. */
function refusalOf(text: string): string | undefined {
  try {
    parseExposition(text);
    return undefined;
  } catch (error) {
    return (error as ExpositionError).reason;
  }
}

/** Every name that promtool could take for one of the text's families. */
const namesIn = (text: string): string[] =>
  parseExposition(text).flatMap(({ name, samples }) => [
    ...['', '_bucket', '_sum', '_count'].map((suffix) => name + suffix),
    ...samples.map((sample) => sample.name),
  ]);

/** Each of these lists is one text when joined: no two of its texts have a family of one name. */
function withoutClash(texts: readonly string[]): string[][] {
  const lists: { texts: string[]; names: Set<string> }[] = [];
  for (const text of texts) {
    const names = namesIn(text);
    const free = lists.find((list) => names.every((name) => !list.names.has(name)));
    const list = free ?? { texts: [], names: new Set() };
    if (free === undefined) lists.push(list);
    list.texts.push(text);
    for (const name of names) list.names.add(name);
  }
  return lists.map((list) => list.texts);
}

const promtoolTexts = fc.sample(
  fc.oneof(
    anyExposition.map(({ text }) => text),
    anyNearMiss,
  ),
  rounds(200),
);

describe('parseExposition, for any exposition', () => {
  test('reads back what was written, in whatever layout', () => {
    fc.assert(
      fc.property(anyExposition, ({ families, text }) => {
        expect(parseExposition(text)).toEqual(families);
      }),
      { numRuns: rounds(300) },
    );
  });

  test('refuses every series written twice', () => {
    fc.assert(
      fc.property(anyExposition, fc.nat(), ({ families, text }, pick) => {
        const samples = seriesOf(families, families[0]?.name ?? '');
        fc.pre(families.length === 1 && samples.length > 0);
        const [again] = render(
          [{ ...families[0]!, type: 'untyped', help: undefined, samples: [samples[pick % samples.length]!] }],
          zeros(),
        ).split('\n');
        expect(() => parseExposition(`${text}${again}\n`)).toThrow(/already on line/);
      }),
      { numRuns: rounds(100) },
    );
  });

  test('refuses every text without its final line feed', () => {
    fc.assert(
      fc.property(anyExposition, ({ text }) => {
        fc.pre(text !== '');
        // The mark keeps a blank line before the cut from ending the text lawfully.
        expect(() => parseExposition(text.slice(0, -1) + '#')).toThrow(ExpositionError);
      }),
    );
  });

  test('either reads a text or throws an ExpositionError with a line of it', () => {
    fc.assert(
      fc.property(fc.oneof(anyNearMiss, trickyText), (text) => {
        try {
          parseExposition(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpositionError);
          expect((error as ExpositionError).line).toBeGreaterThan(0);
          expect((error as ExpositionError).line).toBeLessThanOrEqual(text.split('\n').length);
        }
      }),
      { numRuns: rounds(500) },
    );
  });

  // A process of promtool takes as long as a thousand texts: those that must be read go to it together.
  withPromtool('reads nothing that promtool refuses', () => {
    const read = promtoolTexts.filter((text) => refusalOf(text) === undefined);
    expect(read.length).toBeGreaterThan(promtoolTexts.length / 2);
    for (const texts of withoutClash(read))
      if (promtoolCheck(texts.join(''))!.status === PARSE_FAULT)
        for (const text of texts)
          expect({ text, ...promtoolCheck(text) }).not.toMatchObject({ status: PARSE_FAULT });
  });

  withPromtool(
    'refuses only what promtool refuses, and what is against rules that promtool leaves to others',
    () => {
      const isShared = (refusal: string | undefined) => refusal !== undefined && !STRICTER.test(refusal);
      const refused = promtoolTexts.filter((text) => isShared(refusalOf(text)));
      expect(refused.length).toBeGreaterThan(0);
      for (const text of refused)
        expect({ text, refusal: refusalOf(text), ...promtoolCheck(text) }).toMatchObject({
          status: PARSE_FAULT,
        });
    },
  );
});

function* zeros(): Generator<number> {
  for (;;) yield 0;
}

describe('parseExposition, for other writers', () => {
  async function promClientText(): Promise<string> {
    const registry = new Registry();
    const registers = [registry];
    const counter = new Counter({ name: 'c_total', help: 'A "c"\nof \\', labelNames: ['l'], registers });
    counter.inc({ l: 'a"b\\c\nd,{e}=é' }, 2.5);
    new Gauge({ name: 'g', help: 'g', registers }).set(-Infinity);
    const histogram = new Histogram({
      name: 'h_seconds',
      help: 'h',
      buckets: [0.1, 1],
      labelNames: ['l'],
      registers,
    });
    for (const number of [0.05, 0.5, 5]) histogram.observe({ l: 'x' }, number);
    new Summary({ name: 's', help: 's', percentiles: [0.5], registers }).observe(3);
    return registry.metrics();
  }

  test('reads what prom-client writes', async () => {
    const families = parseExposition(await promClientText());
    expect(families.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'c_total counter',
      'g gauge',
      'h_seconds histogram',
      's summary',
    ]);
    expect(families[0]?.help).toBe('A "c"\nof \\');
    expect(sampleValue(families, 'c_total', { l: 'a"b\\c\nd,{e}=é' })).toBe(2.5);
    expect(sampleValue(families, 'g')).toBe(-Infinity);
    expect(sampleValue(families, 'h_seconds_bucket', { le: '1' })).toBe(2);
    expect(sampleValue(families, 'h_seconds_sum')).toBe(5.55);
    expect(sampleValue(families, 's', { quantile: '0.5' })).toBe(3);
  });

  test('reads what the OpenTelemetry serializer writes', async () => {
    class PullReader extends MetricReader {
      protected override onForceFlush = () => Promise.resolve();
      protected override onShutdown = () => Promise.resolve();
    }
    const reader = new PullReader();
    const meter = new MeterProvider({ readers: [reader] }).getMeter('m');
    meter.createCounter('decisions', { description: 'A "c"\nof \\' }).add(2, { rule: 'a"b\\c\nd,{e}=é' });
    meter.createHistogram('latency', { unit: 's' }).record(0.3, { outcome: 'allow' });
    const { resourceMetrics } = await reader.collect();
    const families = parseExposition(new PrometheusSerializer().serialize(resourceMetrics));
    expect(sampleValue(families, 'decisions_total', { rule: 'a"b\\c\nd,{e}=é' })).toBe(2);
    expect(families.find(({ name }) => name === 'decisions_total')?.help).toBe('A "c"\nof \\');
    const histogram = families.find(({ type }) => type === 'histogram');
    expect(sampleValue(families, `${histogram?.name}_count`, { outcome: 'allow' })).toBe(1);
  });

  withPython('agrees with the parser of prometheus_client', async () => {
    const text = await promClientText();
    const verdict = pythonParse(text)!;
    expect(verdict).toEqual({ samples: parseExposition(text).flatMap(({ samples }) => samples) });
    expect(pythonParse('a{x="1" 1\n')).toEqual({ error: expect.any(String) as string });
  });
});

describe('promtoolCheck', () => {
  withPromtool('tells good text from text against the rules and from text that cannot be read', () => {
    expect(promtoolCheck('# HELP a_total Text\n# TYPE a_total counter\na_total 1\n')).toEqual({
      status: 0,
      output: '',
    });
    expect(promtoolCheck('a 1\n')).toEqual({
      status: 3,
      output: expect.stringContaining('no help text') as string,
    });
    expect(promtoolCheck('a one\n')).toEqual({
      status: 1,
      output: expect.stringContaining('line 1') as string,
    });
  });

  test('is undefined where promtool is not installed', () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      expect(promtoolCheck('a 1\n')).toBeUndefined();
    } finally {
      process.env['PATH'] = path;
    }
  });
});

describe('pythonParse', () => {
  test('is undefined where Python is not installed', () => {
    expect(pythonParse('a 1\n', 'no-such-python')).toBeUndefined();
  });
});
