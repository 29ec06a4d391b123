import { readLabelName, readMetricName, readSampleStart } from './quoted-names.js';
import { identityOf, type Labels, type Sample } from './samples.js';
import { Cursor, ExpositionError, unescape } from './text-cursor.js';

/** The types of text 0.0.4; without a TYPE line a family is `untyped`. */
export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';

/** All series of one name on a page in text 0.0.4; of a histogram or summary, its parts too. */
export interface Family {
  readonly name: string;
  readonly type: FamilyType;
  /** Undefined without a HELP line; empty when that line has no text. */
  readonly help: string | undefined;
  readonly samples: readonly Sample[];
}

/** A family while its lines are read: each part remembers the line it came from. */
interface Draft {
  readonly name: string;
  readonly line: number;
  help?: string;
  type?: FamilyType;
  readonly samples: { readonly sample: Sample; readonly line: number }[];
}

const SIGNED = /[+-](?=\d|\.\d|inf)/iy;
const BLANKS = /[ \t]*/y;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^[+-]?inf(?:inity)?$/i;
const COMMENT = /^[ \t]*#[ \t]*([^ \t]*)[ \t]*(.*)$/s;
const TYPES: ReadonlySet<string> = new Set<FamilyType>([
  'counter',
  'gauge',
  'histogram',
  'summary',
  'untyped',
]);

/**
 * Reads a page in Prometheus' text format 0.0.4, or 1.0.0 with names in quotes, and refuses what Prometheus or the format's specification refuses. Where
 * the two differ, the stricter one counts. Families and samples come in the order of the page; timestamps are in
 * milliseconds. https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 *
 * @param text - the whole page, as `/metrics` answers it
 * @throws ExpositionError at the first fault, with its line and the reason
 * @example
 * ```ts
 * const page = 'requests_total{outcome="allowed"} 3\nrequests_total{outcome="denied"} 1\n';
 * const families = parseExposition(page);
 * console.assert(sampleValue(families, 'requests_total', { outcome: 'denied' }) === 1);
 * console.assert(seriesOf(families, 'requests_total').length === 2);
 * ```
 */
export function parseExposition(text: string): Family[] {
  const families = new Map<string, Draft>();
  const series = new Map<string, number>();
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new ExpositionError(lines.length + 1, 'the last line has no line feed');

  let current: Draft | undefined;
  /** All lines of a family must stand together. */
  const enter = (name: string, line: number): Draft => {
    let family = families.get(name);
    if (family === undefined) {
      family = { name, line, samples: [] };
      families.set(name, family);
    } else if (family !== current) {
      throw new ExpositionError(line, `family ${name} goes on here, but began on line ${family.line}`);
    }
    current = family;
    return family;
  };

  lines.forEach((content, index) => {
    const line = index + 1;
    if (/\p{Surrogate}/u.test(content)) throw new ExpositionError(line, 'a lone surrogate is not UTF-8');
    if (/^[ \t]*$/.test(content)) return;
    const comment = COMMENT.exec(content);
    if (comment === null) {
      const sample = readSample(content, line);
      const identity = identityOf(sample);
      const before = series.get(identity);
      if (before !== undefined) {
        throw new ExpositionError(line, `series ${identity} is already on line ${before}`);
      }
      series.set(identity, line);
      enter(familyNameOf(sample.name, families), line).samples.push({ sample, line });
      return;
    }
    const [, keyword, rest = ''] = comment;
    if (keyword === 'HELP' || keyword === 'TYPE') readMetadata(keyword, rest, line, enter);
  });

  return [...families.values()].map((draft) => {
    checkFamily(draft, families);
    const { name, type = 'untyped', help, samples } = draft;
    return { name, type, help, samples: samples.map(({ sample }) => sample) };
  });
}

function readMetadata(
  keyword: 'HELP' | 'TYPE',
  rest: string,
  line: number,
  enter: (name: string, line: number) => Draft,
): void {
  const cursor = new Cursor(rest, line);
  const name = readMetricName(cursor);
  if (name === '') cursor.fail(`${keyword} needs a metric name`);
  if (!cursor.atEnd() && cursor.take(BLANKS) === '') cursor.fail('invalid metric name');
  const value = cursor.remainder();
  const family = enter(name, line);
  if (family[keyword === 'HELP' ? 'help' : 'type'] !== undefined)
    cursor.fail(`a second ${keyword} for ${name}`);
  if (family.samples.length > 0) cursor.fail(`${keyword} for ${name} after its samples`);
  if (keyword === 'HELP') {
    family.help = unescape(value, /\\([\\n])|\\/g, line);
  } else {
    if (!TYPES.has(value)) cursor.fail(`unknown type "${value}"`);
    family.type = value as FamilyType;
  }
}

function readSample(content: string, line: number): Sample {
  const cursor = new Cursor(content, line);
  cursor.take(BLANKS);
  const { name, inBraces } = readSampleStart(cursor, () => cursor.take(BLANKS));
  if (name === '') cursor.fail('invalid metric name');
  const labels = readLabels(cursor, inBraces);
  const [value = '', timestamp, ...surplus] = cursor.remainder().split(/[ \t]+/);
  if (surplus.length > 0) cursor.fail(`"${surplus.join(' ')}" after the timestamp`);
  const sample = { name, labels, value: readNumber(value, line) };
  return timestamp === undefined ? sample : { ...sample, timestamp: readTimestamp(timestamp, line) };
}

function readLabels(cursor: Cursor, inBraces: boolean): Labels {
  const labels = new Map<string, string>();
  if (!inBraces) {
    if (cursor.take(BLANKS) === '' && !cursor.sees('{'))
      cursor.fail(cursor.take(SIGNED) === '' ? 'invalid metric name' : 'no blank before the value');
    if (!cursor.skip('{')) return {};
  }
  for (cursor.take(BLANKS); !cursor.skip('}');) {
    const name = readLabelName(cursor);
    if (name === '') cursor.fail('invalid label name');
    if (name === '__name__') cursor.fail('label name __name__ is reserved');
    if (labels.has(name)) cursor.fail(`label ${name} comes twice`);
    cursor.take(BLANKS);
    if (!cursor.skip('=')) cursor.fail(`no "=" after label name ${name}`);
    cursor.take(BLANKS);
    const quoted = cursor.take(/"(?:[^"\\]|\\.)*"/y);
    if (quoted === '') cursor.fail(`the value of label ${name} is not quoted on one line`);
    labels.set(name, unescape(quoted.slice(1, -1), /\\([\\n"])|\\/g, cursor.line));
    cursor.take(BLANKS);
    if (!cursor.skip(',') && !cursor.sees('}')) cursor.fail(`neither "," nor "}" after label ${name}`);
    cursor.take(BLANKS);
  }
  cursor.take(BLANKS);
  // Unlike assignments, this keeps a label named `__proto__`.
  return Object.fromEntries(labels);
}

function readNumber(text: string, line: number): number {
  if (/^nan$/i.test(text)) return NaN;
  if (INFINITE.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  const value = DECIMAL.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(value)) throw new ExpositionError(line, `"${text}" is not a number`);
  return value;
}

function readTimestamp(text: string, line: number): number {
  if (!/^[+-]?\d+$/.test(text) || Math.abs(Number(text)) >= 2 ** 63) {
    throw new ExpositionError(line, `"${text}" is not a timestamp`);
  }
  return Number(text);
}

/** `h_count` belongs to `h` where `h` was declared a histogram or summary; otherwise it is a family of its own. */
function familyNameOf(sampleName: string, families: ReadonlyMap<string, Draft>): string {
  const [, base = '', suffix] = /^(.*)_(sum|count|bucket)$/s.exec(sampleName) ?? [];
  const type = families.get(base)?.type;
  return type === 'histogram' || (type === 'summary' && suffix !== 'bucket') ? base : sampleName;
}

function checkFamily(family: Draft, families: ReadonlyMap<string, Draft>): void {
  const { name, type, line } = family;
  if (type !== 'histogram' && type !== 'summary') return;
  for (const suffix of type === 'histogram' ? ['sum', 'count', 'bucket'] : ['sum', 'count']) {
    const rival = families.get(`${name}_${suffix}`);
    if (rival !== undefined) {
      throw new ExpositionError(
        Math.max(line, rival.line),
        `${rival.name} is also a series of the ${type} ${name}`,
      );
    }
  }
  if (type === 'histogram') checkHistogram(family);
  else checkSummary(family);
}

function checkHistogram({ name, samples }: Draft): void {
  interface Instance {
    line: number;
    buckets: { bound: number; count: number }[];
    count?: number;
  }
  const instances = new Map<string, Instance>();
  for (const { sample, line } of samples) {
    const { le, ...labels } = sample.labels;
    const kind = sample.name.slice(name.length);
    if (kind !== '_bucket' && kind !== '_sum' && kind !== '_count') {
      throw new ExpositionError(line, `histogram ${name} has a sample without _bucket, _sum or _count`);
    }
    if ((kind === '_bucket') !== (le !== undefined)) {
      throw new ExpositionError(
        line,
        `${sample.name} ${le === undefined ? 'lacks' : 'must not have'} the label le`,
      );
    }
    const key = identityOf({ ...sample, name, labels });
    const instance: Instance = instances.get(key) ?? { line, buckets: [] };
    instances.set(key, instance);
    instance.line = line;
    if (kind === '_count') instance.count = sample.value;
    if (le === undefined) continue;
    const bound = readNumber(le, line);
    const last = instance.buckets.at(-1);
    if (Number.isNaN(bound) || (last !== undefined && bound <= last.bound)) {
      throw new ExpositionError(
        line,
        `${key}: the bucket le="${le}" does not come after le="${last?.bound}"`,
      );
    }
    if (!(sample.value >= (last?.count ?? 0))) {
      throw new ExpositionError(line, `${key}: bucket counts do not accumulate at le="${le}"`);
    }
    instance.buckets.push({ bound, count: sample.value });
  }
  for (const [key, { line, buckets, count }] of instances) {
    const last = buckets.at(-1);
    if (last?.bound !== Infinity) throw new ExpositionError(line, `${key}: no bucket le="+Inf"`);
    if (count !== last.count) {
      throw new ExpositionError(line, `${key}: _count is ${count}, the bucket le="+Inf" is ${last.count}`);
    }
  }
}

function checkSummary({ name, samples }: Draft): void {
  for (const { sample, line } of samples) {
    const { quantile } = sample.labels;
    if ((sample.name === name) !== (quantile !== undefined)) {
      const verb = quantile === undefined ? 'lacks' : 'must not have';
      throw new ExpositionError(line, `${sample.name} ${verb} the label quantile`);
    }
    if (quantile !== undefined) readNumber(quantile, line);
  }
}
