import { labelText } from '../cardinality/label-text.js';
import type { Exemplar, ExposedFamily } from './exposed-family.js';
import type { ReservedNames } from './families.js';

/** The parts of a page that differ between the two text formats. */
export interface FormatWriter {
  readonly contentType: string;
  /** Names that no family of the host may have. */
  readonly taken: readonly string[];
  /** Names on the page that a family takes beside its own. */
  readonly reserved: ReservedNames;
  /** The beginning of the page: the resource, with these labels. */
  target(labels: string): string;
  /** The lines before the samples of a family. */
  head(family: ExposedFamily): string;
  /** The value of the label `le`. */
  bound(boundary: number): string;
  /** What follows a sample; '' for nothing. */
  exemplar(exemplar: Exemplar): string;
  /** The line that says when a counter or histogram began; '' for none. */
  created(baseName: string, labels: string, startMillis: number): string;
  readonly end: string;
}

/**
 * Prometheus' text format 0.0.4.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export const TEXT_FORMAT: FormatWriter = {
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  taken: ['target_info'],
  reserved: ({ name, type }) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [],
  target: (labels) =>
    `# HELP target_info Target metadata\n# TYPE target_info gauge\ntarget_info${braced(labels)} 1\n`,
  head: ({ name, type, streams }) => help(name, streams) + `# TYPE ${name} ${type}\n`,
  bound: numberText,
  exemplar: () => '',
  created: () => '',
  end: '',
};

/** How metric names end, by the UCUM code of their unit. */
const UNITS: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' };

/**
 * OpenMetrics 1.0, with exemplars.
 * https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 *
 * @param created - adds a sample to each counter and histogram that says when it began
 */
export function openMetricsFormat({ created }: { readonly created: boolean }): FormatWriter {
  return {
    contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
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
    head({ name, type, streams: [{ description, unit }] }) {
      const base = baseName(name, type);
      const suffix = UNITS[unit];
      let head = `# TYPE ${base} ${type}\n`;
      if (suffix !== undefined && base.endsWith(`_${suffix}`)) head += `# UNIT ${base} ${suffix}\n`;
      if (description !== '') head += `# HELP ${base} ${escapedText(description)}\n`;
      return head;
    },
    bound: canonicalText,
    exemplar: ({ value, timeMillis, traceId, spanId }) =>
      ` # {trace_id="${escapedId(traceId)}",span_id="${escapedId(spanId)}"} ${numberText(value)} ${timeMillis / 1000}`,
    created: (base, labels, startMillis) =>
      created ? `${base}_created${braced(labels)} ${startMillis / 1000}\n` : '',
    end: '# EOF\n',
  };
}

function help(name: string, [{ description }]: ExposedFamily['streams']): string {
  if (description === '') return '';
  return `# HELP ${name} ${description.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`;
}

/** A counter's family is named without the `_total` of its samples. */
function baseName(name: string, type: ExposedFamily['type']): string {
  return type === 'counter' ? name.slice(0, -'_total'.length) : name;
}

function escapedText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
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
