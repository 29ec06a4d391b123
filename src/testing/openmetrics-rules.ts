import type { Exemplar, OpenMetricsDraft, OpenMetricsSample, OpenMetricsType } from './parse-openmetrics.js';
import { readLabelName, readSampleStart } from './quoted-names.js';
import { identityOf, type Labels } from './samples.js';
import { Cursor, ExpositionError, unescape } from './text-cursor.js';

/** What the samples of a type have after the name of their family. */
export const SUFFIXES: Readonly<Record<OpenMetricsType, readonly string[]>> = {
  unknown: [''],
  gauge: [''],
  counter: ['_total', '_created'],
  stateset: [''],
  info: ['_info'],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum'],
  summary: ['', '_count', '_sum', '_created'],
};

type Line = OpenMetricsDraft['samples'][number];

/** The samples of one series set at one time: a counter with its birth, a histogram with all its buckets. */
interface Point {
  readonly key: string;
  readonly lines: Line[];
  /** Of each suffix, the sample; of buckets and quantiles, the last. */
  readonly of: Map<string, OpenMetricsSample>;
}

/** @throws {@link ExpositionError} when the samples of a family are not what its type may have. */
export function checkFamily(family: OpenMetricsDraft): void {
  const { name, type = 'unknown', unit = '', line } = family;
  if (unit !== '' && !name.endsWith(`_${unit}`)) {
    throw new ExpositionError(line, `family ${name} does not end with its unit ${unit}`);
  }
  if (unit !== '' && (type === 'info' || type === 'stateset')) {
    throw new ExpositionError(line, `the ${type} ${name} has a unit`);
  }
  for (const each of family.samples) checkSample(family, each);
  for (const point of pointsOf(family)) checkPoint(family, point);
}

function checkSample({ name, type = 'unknown' }: OpenMetricsDraft, { sample, line }: Line): void {
  const suffix = sample.name.slice(name.length);
  const { value } = sample;
  const must = (holds: boolean, reason: string): void => {
    if (!holds) throw new ExpositionError(line, `${identityOf(sample)} ${reason}`);
  };
  const special = specialLabel(type, name);
  if (special !== undefined) {
    const isExpected = suffix === special.suffix;
    const isThere = Object.hasOwn(sample.labels, special.label);
    must(isThere === isExpected, `${isExpected ? 'lacks' : 'must not have'} the label ${special.label}`);
  }
  if (sample.exemplar !== undefined)
    must(suffix === '_total' || suffix === '_bucket', 'may not have an exemplar');

  if (suffix === '_created') must(Number.isFinite(value), 'is no time');
  if (suffix === '_total' || suffix === '_sum') must(value >= 0, 'is below zero or NaN');
  if (suffix === '_gsum') must(!Number.isNaN(value), 'is NaN');
  if (['_bucket', '_count', '_gcount'].includes(suffix)) {
    must(Number.isInteger(value) && value >= 0, 'is not a whole number from zero');
  }
  if (type === 'info') must(value === 1, 'is not 1');
  if (type === 'stateset') must(value === 0 || value === 1, 'is neither 0 nor 1');
  if (suffix === '_bucket') {
    const bound = canonical(sample, 'le', line);
    const { exemplar } = sample;
    if (exemplar !== undefined) must(exemplar.value <= bound, 'has an exemplar that is not in the bucket');
  }
  if (type === 'summary' && suffix === '') {
    const quantile = canonical(sample, 'quantile', line);
    must(quantile >= 0 && quantile <= 1, 'has no quantile from 0 to 1');
    must(!(value < 0), 'is below zero');
  }
}

/** A label that is part of the value, and the samples that have it. */
function specialLabel(type: OpenMetricsType, name: string): { label: string; suffix: string } | undefined {
  if (type === 'histogram' || type === 'gaugehistogram') return { label: 'le', suffix: '_bucket' };
  if (type === 'summary') return { label: 'quantile', suffix: '' };
  return type === 'stateset' ? { label: name, suffix: '' } : undefined;
}

/** The number in a label, in the one way it may be written. */
function canonical(sample: OpenMetricsSample, label: string, line: number): number {
  const text = sample.labels[label] ?? '';
  const cursor = new Cursor(text, line);
  const number = readNumber(text, cursor);
  if (Number.isNaN(number)) cursor.fail(`${label} is NaN`);
  if (text !== canonicalFloat(number)) cursor.fail(`${label} is not written ${canonicalFloat(number)}`);
  return number;
}

/** Metrics must not be interleaved, nor their points, whose times must rise. */
function pointsOf({ name, type = 'unknown', samples }: OpenMetricsDraft): Point[] {
  const points: Point[] = [];
  const seen = new Set<string>();
  let series = new Map<string, number>();
  for (const { sample, line } of samples) {
    const { [specialLabel(type, name)?.label ?? '']: _, ...labels } = sample.labels;
    const key = identityOf({ name, labels });
    let point = points.at(-1);
    const before = point?.lines[0]?.sample.timestamp;
    if (point?.key === key && (before === undefined) !== (sample.timestamp === undefined)) {
      throw new ExpositionError(line, `${key} has a timestamp on some of its lines only`);
    }
    if (point?.key !== key || before !== sample.timestamp) {
      if (point?.key !== key && seen.has(key)) throw new ExpositionError(line, `${key} goes on here`);
      if (point?.key === key && !((sample.timestamp ?? 0) > (before ?? 0))) {
        throw new ExpositionError(line, `the time of ${key} does not rise`);
      }
      point = { key, lines: [], of: new Map() };
      points.push(point);
      seen.add(key);
      series = new Map();
    }
    const identity = identityOf(sample);
    const twin = series.get(identity);
    if (twin !== undefined) throw new ExpositionError(line, `series ${identity} is already on line ${twin}`);
    series.set(identity, line);
    point.lines.push({ sample, line });
    point.of.set(sample.name.slice(name.length), sample);
  }
  return points;
}

function checkPoint({ type }: OpenMetricsDraft, { key, lines, of }: Point): void {
  const { line } = lines.at(-1)!;
  const must = (holds: boolean, reason: string): void => {
    if (!holds) throw new ExpositionError(line, `${key}: ${reason}`);
  };
  if (type === 'counter') must(of.has('_total'), 'no _total');
  if (type !== 'histogram' && type !== 'gaugehistogram') return;

  const [countName, sumName] = type === 'histogram' ? ['_count', '_sum'] : ['_gcount', '_gsum'];
  const buckets = lines.filter(({ sample }) => Object.hasOwn(sample.labels, 'le'));
  const isBelowZero = checkBuckets(key, buckets);
  const [count, sum] = [of.get(countName)?.value, of.get(sumName)?.value];
  must(of.get('_bucket')?.labels['le'] === '+Inf', 'no bucket le="+Inf"');
  must((count === undefined) === (sum === undefined), `${countName} or ${sumName} without the other`);
  const total = of.get('_bucket')?.value;
  must(count === undefined || count === total, `${countName} is ${count}, the bucket le="+Inf" is ${total}`);
  if (type === 'histogram') must(!isBelowZero || sum === undefined, 'a _sum beside a bucket below zero');
  else must(isBelowZero || sum === undefined || sum >= 0, '_gsum is below zero, and no bucket is');
}

/** @returns whether there is a bucket for values below zero */
function checkBuckets(key: string, buckets: readonly Line[]): boolean {
  let last = { bound: NaN, count: 0 };
  let isBelowZero = false;
  for (const { sample, line } of buckets) {
    const bound = canonical(sample, 'le', line);
    if (bound <= last.bound) {
      throw new ExpositionError(
        line,
        `${key}: the bucket le="${bound}" does not come after le="${last.bound}"`,
      );
    }
    if (sample.value < last.count) {
      throw new ExpositionError(line, `${key}: bucket counts do not accumulate at le="${bound}"`);
    }
    isBelowZero ||= bound < 0;
    last = { bound, count: sample.value };
  }
  return isBelowZero;
}

/**
 * A number as it stands in the labels `le` and `quantile` of OpenMetrics: the shortest digits that give it back, with
 * an exponent of two digits or more below 1e-4 and from 1e6 on, and always with a point or an exponent.
 *
 * Source: OpenMetrics 1.0, Considerations: Canonical Numbers.
 */
export function canonicalFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '', power = ''] = Math.abs(value).toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 6) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  const text = String(Math.abs(value));
  return sign + (text.includes('.') ? text : `${text}.0`);
}

const WORD = /[^ ]*/y;
const REAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^[+-]?inf(?:inity)?$/i;
/** In code points, of all names and values together. */
const EXEMPLAR_LABELS_LENGTH = 128;
/** What may follow a backslash, in help as in label values; the format discourages the rest, so that is refused. */
const ESCAPES = /\\([\\n"])|\\/g;

/** One sample, by the grammar alone: single blanks, and nothing that is not in it. */
export function readSampleLine(content: string, line: number): OpenMetricsSample {
  const cursor = new Cursor(content, line);
  const { name, inBraces } = readSampleStart(cursor, () => {});
  if (name === '') cursor.fail('invalid metric name');
  const labels = inBraces || cursor.skip('{') ? readLabels(cursor) : {};
  const value = readValue(cursor);
  const timestamp = readTimestamp(cursor);
  const exemplar = readExemplar(cursor);
  if (!cursor.atEnd()) cursor.fail('the line goes on');
  return { name, labels, value, ...timestamp, ...(exemplar && { exemplar }) };
}

function readExemplar(cursor: Cursor): Exemplar | undefined {
  if (!cursor.skip(' # ')) return undefined;
  if (!cursor.skip('{')) cursor.fail('an exemplar has no labels in braces');
  const labels = readLabels(cursor);
  const length = Object.entries(labels).reduce((sum, pair) => sum + [...pair.join('')].length, 0);
  if (length > EXEMPLAR_LABELS_LENGTH) cursor.fail(`the labels of an exemplar have ${length} characters`);
  return { labels, value: readValue(cursor), ...readTimestamp(cursor) };
}

/** What follows the brace, and a name in quotes. */
function readLabels(cursor: Cursor): Labels {
  const labels = new Map<string, string>();
  if (cursor.skip('}')) return {};
  do {
    const name = readLabelName(cursor);
    if (name === '') cursor.fail('invalid label name');
    if (name.startsWith('__')) cursor.fail(`label name ${name} is reserved`);
    if (labels.has(name)) cursor.fail(`label ${name} comes twice`);
    if (!cursor.skip('=')) cursor.fail(`no "=" after label name ${name}`);
    const quoted = cursor.take(/"(?:[^"\\]|\\.)*"/y);
    if (quoted === '') cursor.fail(`the value of label ${name} is not quoted on one line`);
    labels.set(name, unescape(quoted.slice(1, -1), ESCAPES, cursor.line));
  } while (cursor.skip(','));
  if (!cursor.skip('}')) cursor.fail('neither "," nor "}" after a label');
  return Object.fromEntries(labels);
}

function readValue(cursor: Cursor): number {
  if (!cursor.skip(' ')) cursor.fail('no blank before the value');
  return readNumber(cursor.take(WORD), cursor);
}

export function readNumber(text: string, cursor: Cursor): number {
  if (/^nan$/i.test(text)) return NaN;
  if (INFINITE.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  const value = REAL.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(value)) cursor.fail(`"${text}" is not a number`);
  return value;
}

/** Seconds on the page, milliseconds here; the point is moved in the text, for a product would not be exact. */
function readTimestamp(cursor: Cursor): { timestamp?: number } {
  if (cursor.sees(' # ') || !cursor.skip(' ')) return {};
  const text = cursor.take(WORD);
  const [mantissa = '', power = '0'] = text.split(/e/i);
  const timestamp = REAL.test(text) ? Number(`${mantissa}e${Number(power) + 3}`) : NaN;
  if (!Number.isFinite(timestamp)) cursor.fail(`"${text}" is not a timestamp`);
  return { timestamp };
}

/** The text of a HELP line. Quotes are escaped in it, unlike in text 0.0.4. */
export function readHelp(text: string, line: number): string {
  if (/(?<!\\)(?:\\\\)*"/.test(text)) new Cursor(text, line).fail('a quote in help is not escaped');
  return unescape(text, ESCAPES, line);
}
