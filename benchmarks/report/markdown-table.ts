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
