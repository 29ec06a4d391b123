import { readMetricName } from './quoted-names.js';
import type { Sample } from './samples.js';
import { readHelp, readSampleLine } from './openmetrics-rules.js';
import { checkFamily, SUFFIXES } from './openmetrics-rules.js';
import { Cursor, ExpositionError } from './text-cursor.js';

/** The types of OpenMetrics; without a TYPE line a family is `unknown`. */
export type OpenMetricsType =
  'unknown' | 'gauge' | 'counter' | 'stateset' | 'info' | 'histogram' | 'gaugehistogram' | 'summary';

/** The measurement that a sample of OpenMetrics points to. */
export interface Exemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** In milliseconds since 1970. */
  readonly timestamp?: number;
}

/** One line of a page in OpenMetrics. */
export interface OpenMetricsSample extends Sample {
  readonly exemplar?: Exemplar;
}

/** One metric family of a page in OpenMetrics. */
export interface OpenMetricsFamily {
  /** Without the suffix of its samples: `requests` of `requests_total`. */
  readonly name: string;
  readonly type: OpenMetricsType;
  /** Undefined without a UNIT or HELP line, and with one that has no text. */
  readonly unit: string | undefined;
  readonly help: string | undefined;
  /** As in text 0.0.4: without those named `_created`. */
  readonly samples: readonly OpenMetricsSample[];
  /** The samples named `_created`; their values are in seconds since 1970, as on the page. */
  readonly created: readonly Sample[];
}

/** A family while its lines are read: each sample remembers the line it came from. */
export interface OpenMetricsDraft {
  readonly name: string;
  readonly line: number;
  help?: string;
  type?: OpenMetricsType;
  unit?: string;
  readonly samples: { readonly sample: OpenMetricsSample; readonly line: number }[];
}

/**
 * Reads a page in OpenMetrics 1.0.0, also with names in quotes, and refuses what the specification refuses. Where it can be read in two ways, the
 * stricter one counts; only names that begin with one underscore are read, because the grammar has them. Timestamps are in
 * milliseconds. https://prometheus.io/docs/specs/om/open_metrics_spec/
 *
 * @param text - the whole page, with its `# EOF`
 * @throws ExpositionError at the first fault of a line, or else of a family
 * @example
 * ```ts
 * const page = '# TYPE requests counter\nrequests_total 3 # {trace_id="0af7"} 1\n# EOF\n';
 * const [requests] = parseOpenMetrics(page);
 * console.assert(requests?.name === 'requests');
 * console.assert(requests?.samples[0]?.exemplar?.labels['trace_id'] === '0af7');
 * ```
 */
export function parseOpenMetrics(text: string): OpenMetricsFamily[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new ExpositionError(lines.length + 1, 'the last line has no line feed');
  if (lines.pop() !== '# EOF') throw new ExpositionError(lines.length + 1, 'the last line is not "# EOF"');
  const families = readFamilies(lines);
  checkNames([...families.values()]);
  return [...families.values()].map((draft) => {
    checkFamily(draft);
    const { name, type = 'unknown', unit, help } = draft;
    const samples = draft.samples.map(({ sample }) => sample);
    const isCreated = (sample: Sample): boolean =>
      SUFFIXES[type].includes('_created') && sample.name === `${name}_created`;
    return {
      name,
      type,
      unit: unit === '' ? undefined : unit,
      help: help === '' ? undefined : help,
      samples: samples.filter((sample) => !isCreated(sample)),
      created: samples.filter(isCreated),
    };
  });
}

function readFamilies(lines: readonly string[]): Map<string, OpenMetricsDraft> {
  const families = new Map<string, OpenMetricsDraft>();
  let current: OpenMetricsDraft | undefined;
  /** All lines of a family must stand together. */
  const enter = (name: string, line: number): OpenMetricsDraft => {
    const known = families.get(name);
    if (known !== undefined && known !== current) {
      throw new ExpositionError(line, `family ${name} goes on here, but began on line ${known.line}`);
    }
    const family = known ?? { name, line, samples: [] };
    families.set(name, family);
    return (current = family);
  };

  lines.forEach((content, index) => {
    const line = index + 1;
    if (/\p{Surrogate}/u.test(content)) throw new ExpositionError(line, 'a lone surrogate is not UTF-8');
    if (content === '') throw new ExpositionError(line, 'a blank line');
    if (content.startsWith('#')) {
      readMetadata(content, line, enter);
      return;
    }
    const sample = readSampleLine(content, line);
    const isOf = (family: OpenMetricsDraft): boolean =>
      SUFFIXES[family.type ?? 'unknown'].some((suffix) => family.name + suffix === sample.name);
    const owner = current && isOf(current) ? current : [...families.values()].find(isOf);
    const family = enter(owner?.name ?? sample.name, line);
    if (!isOf(family))
      throw new ExpositionError(line, `no sample of a ${family.type} is named ${sample.name}`);
    family.samples.push({ sample, line });
  });
  return families;
}

function readMetadata(
  content: string,
  line: number,
  enter: (name: string, line: number) => OpenMetricsDraft,
): void {
  const [start = '', keyword = ''] = /^# (HELP|TYPE|UNIT) /.exec(content) ?? [];
  if (start === '') throw new ExpositionError(line, `neither HELP, TYPE nor UNIT: "${content}"`);
  const cursor = new Cursor(content.slice(start.length), line);
  const name = readMetricName(cursor);
  if (name === '') cursor.fail(`${keyword} needs a metric name`);
  if (!cursor.skip(' ')) cursor.fail('no single blank after the metric name');
  const value = cursor.remainder();
  const family = enter(name, line);
  const field = keyword.toLowerCase() as 'help' | 'type' | 'unit';
  if (family[field] !== undefined) cursor.fail(`a second ${keyword} for ${name}`);
  if (family.samples.length > 0) cursor.fail(`${keyword} for ${name} after its samples`);
  if (field === 'help') {
    family.help = readHelp(value, line);
  } else if (field === 'type') {
    if (!Object.hasOwn(SUFFIXES, value)) cursor.fail(`unknown type "${value}"`);
    family.type = value as OpenMetricsType;
  } else {
    if (!/^[a-zA-Z0-9_:]*$/.test(value)) cursor.fail(`"${value}" is not a unit`);
    family.unit = value;
  }
}

/** No name that a sample of one family might have is one of another's, whether such a sample is there or not. */
function checkNames(families: readonly OpenMetricsDraft[]): void {
  const owners = new Map<string, OpenMetricsDraft>();
  for (const family of families) {
    for (const suffix of new Set(['', ...SUFFIXES[family.type ?? 'unknown']])) {
      const name = family.name + suffix;
      const owner = owners.get(name);
      if (owner !== undefined) {
        throw new ExpositionError(
          Math.max(family.line, owner.line),
          `${name} is a name of the families ${owner.name} and ${family.name}`,
        );
      }
      owners.set(name, family);
    }
  }
}
