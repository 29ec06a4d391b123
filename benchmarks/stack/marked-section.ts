// A part of a page that a command writes, within marks, in a page that is otherwise written by hand or by another command.

export const START = '<!-- Written by npm run bench:stack; do not edit. -->';
export const END = '<!-- End of what npm run bench:stack writes. -->';

/** The part that a page has, marks included. */
export function sectionOf(page: string): string | undefined {
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  return start < 0 || end < start ? undefined : page.slice(start, end + END.length);
}

/** The page with this section in place of the one it has, or at its end; as it is without one. */
export function withSection(page: string, section: string | undefined): string {
  if (section === undefined) return page;
  const old = sectionOf(page);
  return old === undefined ? `${page.trimEnd()}\n\n${section}\n` : page.replace(old, () => section);
}

export const marked = (...blocks: readonly string[]): string => [START, ...blocks, END].join('\n\n');
