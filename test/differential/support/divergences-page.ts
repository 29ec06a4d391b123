import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = join(__dirname, '..', '..', '..', 'docs', 'divergences.md');

/** What a test shows to differ, by the name that it has on the page. */
export interface ShownDivergence {
  readonly what: string;
  /** The address of the section that decides, or leaves it open. */
  readonly section: string;
}

/** A row of docs/divergences.md. */
export interface DivergenceRow extends ShownDivergence {
  readonly ours: string;
  readonly theirs: string;
}

/** The rows of the table under a heading, in their order. */
export function divergencesOnPage(heading: string): DivergenceRow[] {
  const [, after = ''] = readFileSync(PAGE, 'utf8').split(`\n## ${heading}\n`);
  const [part = ''] = after.split('\n## ', 1);
  const rows = part.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => {
    const [, what = '', ours = '', theirs = '', decided = ''] = row.split('|').map((cell) => cell.trim());
    return { what, ours, theirs, section: /^\[[^\]]+\]\(([^)]+)\)$/.exec(decided)?.[1] ?? '' };
  });
}

/** Rows that do not say what one of the two does. */
export function emptyRows(rows: readonly DivergenceRow[]): DivergenceRow[] {
  return rows.filter(({ ours, theirs }) => ours === '' || theirs === '');
}
