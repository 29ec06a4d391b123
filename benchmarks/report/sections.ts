// Parts of a page that a command writes, within marks, in a page that is otherwise written by hand or by another command.
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { format, resolveConfig } from 'prettier';

export interface Section {
  readonly start: string;
  readonly end: string;
}

export const writtenBy = (command: string): Section => ({
  start: `<!-- Written by ${command}; do not edit. -->`,
  end: `<!-- End of what ${command} writes. -->`,
});

export const STACK = writtenBy('npm run bench:stack');
export const FLEET = writtenBy('npm run bench:fleet');

/** The part that a page has, marks included. */
export function sectionOf(page: string, { start, end }: Section): string | undefined {
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  return from < 0 || to < from ? undefined : page.slice(from, to + end.length);
}

/** The page with this part in place of the one it has, or at its end; as it is without one. */
export function withSection(page: string, section: Section, text: string | undefined): string {
  if (text === undefined) return page;
  const old = sectionOf(page, section);
  return old === undefined ? `${page.trimEnd()}\n\n${text}\n` : page.replace(old, () => text);
}

/** Puts blocks of Markdown into a page as its section. */
export async function writeSection(path: string, section: Section, blocks: readonly string[]): Promise<void> {
  const text = [section.start, ...blocks, section.end].join('\n\n');
  const page = withSection(readFileSync(path, 'utf8'), section, text);
  writeFileSync(path, await format(page, { ...(await resolveConfig(path)), filepath: path }));
  console.error(`wrote ${relative(process.cwd(), path)}`);
}
