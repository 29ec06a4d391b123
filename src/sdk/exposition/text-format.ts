import type { ExposedFamily } from './exposed-family.js';
import type { ExpositionFormat } from './format.js';
import { numberText } from './number-text.js';

/**
 * Prometheus' text format 0.0.4.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export const TEXT_FORMAT: ExpositionFormat = {
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

function help(name: string, [{ description }]: ExposedFamily['streams']): string {
  if (description === '') return '';
  return `# HELP ${name} ${description.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`;
}

export function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`;
}
