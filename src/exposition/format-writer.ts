import { labelText } from '../cardinality/label-text.js';
import type { Exemplar, ExposedFamily } from './exposed-family.js';
import type { ExpositionVariant } from './exposition-source.js';
import type { ReservedNames } from './families.js';
import { type NameScheme, sampleName, type SampleName, writtenName } from './names.js';

export type CreatedLine = (name: SampleName, labels: string, startMillis: number) => string;

/** The parts of a page that differ between the two text formats. */
export interface FormatWriter {
  readonly contentType: string;
  /** How names are written. */
  readonly scheme: NameScheme;
  /** Names that no family of the host may have. */
  readonly taken: readonly string[];
  /** Names on the page that a family takes beside its own. */
  readonly reserved: ReservedNames;
  /** The beginning of the page: the resource, with these labels. */
  target(labels: string): string;
  /**
   * The lines before the samples of a family.
   *
   * @param unitBefore - whether a family before it has a unit
   */
  head(family: ExposedFamily, unitBefore: boolean): string;
  /** Whether the head of a family names a unit. */
  hasUnit(family: ExposedFamily): boolean;
  /** The value of the label `le`. */
  bound(boundary: number): string;
  /** What follows a sample; '' for nothing. */
  exemplar(exemplar: Exemplar): string;
  /** Writes the line that says when a series of the family began; undefined where the page has none. */
  created(family: ExposedFamily): CreatedLine | undefined;
  readonly end: string;
}

/**
 * Prometheus' text format 0.0.4, or 1.0.0 with names in quotes.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function textFormat({ escaping, textVersion = '0.0.4' }: ExpositionVariant = {}): FormatWriter {
  return {
    contentType: `text/plain; version=${textVersion}; charset=utf-8${escapingOf(escaping)}`,
    scheme: escaping ?? 'otel',
    taken: ['target_info'],
    reserved: ({ name, type }) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [],
    target: (labels) =>
      `# HELP target_info Target metadata\n# TYPE target_info gauge\ntarget_info${braced(labels)} 1\n`,
    head({ name, type, streams }) {
      const written = writtenName(name);
      return help(written, streams) + `# TYPE ${written} ${type}\n`;
    },
    hasUnit: () => false,
    bound: numberText,
    exemplar: () => '',
    created: () => undefined,
    end: '',
  };
}

export const TEXT_FORMAT = textFormat();

/** How metric names end, by the UCUM code of their unit. */
const UNITS: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' };

export interface OpenMetricsOptions extends ExpositionVariant {
  /** Adds a sample to each counter and histogram that says when it began; where it is not said, to those of the registry. */
  readonly created: boolean | undefined;
}

/**
 * OpenMetrics 1.0, with exemplars.
 * https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 */
export function openMetricsFormat({ created, escaping }: OpenMetricsOptions): FormatWriter {
  return {
    contentType: `application/openmetrics-text; version=1.0.0; charset=utf-8${escapingOf(escaping)}`,
    scheme: escaping ?? 'otel',
    taken: ['target', 'target_info'],
    reserved({ name, type }) {
      const base = baseName(name, type);
      switch (type) {
        case 'counter':
          return [base, `${base}_created`];
        case 'histogram':
          return ['_bucket', '_sum', '_count', '_created'].map((part) => name + part);
        case 'gauge':
          return [];
      }
    },
    target: (labels) => `# TYPE target info\n# HELP target Target metadata\ntarget_info${braced(labels)} 1\n`,
    head(family, unitBefore) {
      const { type, streams } = family;
      const base = writtenName(baseName(family.name, type));
      const unit = unitSuffix(family);
      let head = `# TYPE ${base} ${type}\n`;
      // Prometheus gives a unit to each family that follows without a line of its own.
      if (unit !== undefined || unitBefore) head += `# UNIT ${base} ${unit ?? ''}\n`;
      const { description } = streams[0];
      if (description !== '') head += `# HELP ${base} ${escapedText(description)}\n`;
      return head;
    },
    hasUnit: (family) => unitSuffix(family) !== undefined,
    bound: canonicalText,
    exemplar: ({ value, timeMillis, traceId, spanId }) =>
      ` # {trace_id="${escapedId(traceId)}",span_id="${escapedId(spanId)}"} ${numberText(value)} ${timeMillis / 1000}`,
    created: ({ streams }) => ((created ?? streams[0].registry) ? createdLine : undefined),
    end: '# EOF\n',
  };
}

const createdLine: CreatedLine = ({ open, bare }, labels, startMillis) =>
  `${labels === '' ? bare : `${open}${labels}}`} ${startMillis / 1000}\n`;

function escapingOf(escaping: ExpositionVariant['escaping']): string {
  return escaping === undefined ? '' : `; escaping=${escaping}`;
}

/** The unit that the name of a family ends with. */
function unitSuffix({ name, type, streams }: ExposedFamily): string | undefined {
  const suffix = Object.hasOwn(UNITS, streams[0].unit) ? UNITS[streams[0].unit] : undefined;
  return suffix !== undefined && baseName(name, type).endsWith(`_${suffix}`) ? suffix : undefined;
}

/** The name of the sample that says when a family's series began. */
export function createdName({ name, type }: ExposedFamily): SampleName {
  return sampleName(`${baseName(name, type)}_created`);
}

function help(name: string, [{ description }]: ExposedFamily['streams']): string {
  if (description === '') return '';
  return `# HELP ${name} ${cleanText(description).replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`;
}

/** A counter's family is named without the `_total` of its samples. */
function baseName(name: string, type: ExposedFamily['type']): string {
  return type === 'counter' ? name.slice(0, -'_total'.length) : name;
}

/** The lexer of Prometheus stumbles over a zero. */
function cleanText(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

function escapedText(text: string): string {
  return cleanText(text).replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

/** Ids are hexadecimal, unless a tracer of the host makes them otherwise. */
function escapedId(id: string): string {
  return /^[0-9a-f]{1,32}$/.test(id)
    ? id
    : labelText(id)
        .replace(/[^0-9A-Za-z-]/g, '_')
        .slice(0, 32);
}

/** Labels as they stand behind a name. */
export function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`;
}

/** A number as both formats write it. */
export function numberText(value: number): string {
  if (typeof value !== 'number') throw new TypeError('a value that is no number');
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
}

/**
 * A number as Go writes it, which OpenMetrics calls canonical: always with a fraction or an exponent, so that equal bounds
 * have equal texts, whoever wrote them.
 * https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md#considerations-canonical-numbers
 */
export function canonicalText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return value === 0 ? '0.0' : numberText(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 6) {
    const sign = power < 0 ? '-' : '+';
    return `${digits}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}
