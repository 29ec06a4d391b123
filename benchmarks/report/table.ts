import type { Summary } from '../harness/statistics.js';

export type Row = readonly string[];

/** Where there is nothing to say. */
export const NONE = '–';

/** The first column to the left, figures to the right, but for columns of words. */
export function markdownTable(head: Row, rows: readonly Row[], words: readonly string[] = []): string {
  if (rows.some(({ length }) => length !== head.length)) throw new Error('a row is not as long as the head');
  const line = (cells: Row): string => `| ${cells.join(' | ')} |`;
  const align = head.map((name, index) => (index === 0 || words.includes(name) ? '---' : '---:'));
  return [line(head), line(align), ...rows.map(line)].join('\n');
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Three digits, or all of those before the point. */
export function number(value: number): string {
  if (value >= 100) return grouped.format(value);
  return value.toFixed(value >= 10 ? 1 : 2);
}

export function spread({ p25, p75 }: Summary, unit = 1): string {
  return `${number(p25 / unit)}–${number(p75 / unit)}`;
}

export function ratio(value: number): string {
  if (value >= 100) return grouped.format(value);
  return value.toFixed(value >= 10 ? 0 : value >= 3 ? 1 : 2);
}

/** A time in the unit that a reader would use. */
export function duration(nanos: number): string {
  if (nanos >= 1e6) return `${number(nanos / 1e6)} ms`;
  return nanos >= 1e4 ? `${number(nanos / 1e3)} µs` : `${number(nanos)} ns`;
}

export function count(value: number): string {
  return grouped.format(value);
}
