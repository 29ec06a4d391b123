import { labelText } from '../../cardinality/label-text.js';
import type { Exemplar } from './exemplar.js';
import type { ExposedFamily } from './exposed-family.js';
import type { ExpositionFormat } from './format.js';
import { canonicalText, numberText } from './number-text.js';
import { braced } from './text-format.js';

/** Units by their UCUM code, as names have them at the end. */
const UNITS: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' };

/**
 * OpenMetrics 1.0, with exemplars.
 * https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 *
 * @param created - a sample beside each counter and histogram says when it began; it doubles their number
 */
export function openMetricsFormat({ created }: { readonly created: boolean }): ExpositionFormat {
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
    exemplar: ({ value, timeMillis, traceId, spanId }: Exemplar) =>
      ` # {trace_id="${escapedId(traceId)}",span_id="${escapedId(spanId)}"} ${numberText(value)} ${timeMillis / 1000}`,
    created: (base, labels, startMillis) =>
      created ? `${base}_created${braced(labels)} ${startMillis / 1000}\n` : '',
    end: '# EOF\n',
  };
}

/** A counter's family is named without the `_total` of its samples. */
function baseName(name: string, type: ExposedFamily['type']): string {
  return type === 'counter' ? name.slice(0, -'_total'.length) : name;
}

function escapedText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

/** Ids are hexadecimal unless a tracer of the host made them otherwise. */
function escapedId(id: string): string {
  return /^[0-9a-f]{1,32}$/.test(id)
    ? id
    : labelText(id)
        .replace(/[^0-9A-Za-z-]/g, '_')
        .slice(0, 32);
}
