import { dirname, join } from 'node:path';

/** A block of TypeScript in a document or a docstring. */
export interface Snippet {
  /** Path of the file it stands in, from the root of the repository. */
  readonly file: string;
  /** Its first line of code in that file, from 1. */
  readonly line: number;
  readonly code: string;
  readonly runs: boolean;
  /** Source files whose exports it may use without importing them. */
  readonly importsFrom: readonly string[];
}

const INDEX = 'src/index.ts';

const FENCE = /^( *)```(\S*)(?: (.*))?$/;

/** The fenced blocks of a Markdown text, of every language. */
export function fencedBlocks(
  markdown: string,
): { language: string; info: string; line: number; code: string }[] {
  const blocks = [];
  let open: { language: string; info: string; line: number; indent: number; lines: string[] } | undefined;
  for (const [index, text] of markdown.split('\n').entries()) {
    const fence = FENCE.exec(text);
    if (open === undefined && fence !== null) {
      const [, indent = '', language = '', info = ''] = fence;
      open = { language, info, line: index + 2, indent: indent.length, lines: [] };
    } else if (open !== undefined && fence !== null && fence[2] === '') {
      const { language, info, line, lines } = open;
      blocks.push({ language, info, line, code: lines.join('\n') });
      open = undefined;
    } else open?.lines.push(text.slice(open.indent));
  }
  if (open !== undefined) throw new Error(`the block at line ${open.line} is not closed`);
  return blocks;
}

/** The `ts` blocks of a Markdown file; those marked `ts run` are run, all are compiled. */
export function snippetsOfMarkdown(file: string, markdown: string): Snippet[] {
  return fencedBlocks(markdown)
    .filter(({ language }) => language === 'ts')
    .map(({ info, line, code }) => ({ file, line, code, runs: info === 'run', importsFrom: [] }));
}

/** The `@example` blocks of a source file; all are run. They leave out the imports of the package itself. */
export function snippetsOfSource(file: string, source: string): Snippet[] {
  const lines = source.split('\n');
  return lines.flatMap((text, index) => {
    if (!/^\s*\* @example\s*$/.test(text)) return [];
    const end = lines.findIndex((line, at) => at > index && line.includes('*/'));
    const docstring = lines.slice(index + 1, end).map((line) => line.replace(/^\s*\* ?/, ''));
    const [block] = fencedBlocks(docstring.join('\n'));
    if (block === undefined) throw new Error(`${file}:${index + 1}: an @example without a fenced block`);
    const importsFrom = [file, join(dirname(file), 'index.ts'), INDEX];
    return [{ file, line: index + 1 + block.line, code: block.code, runs: true, importsFrom }];
  });
}

/** The TypeScript of a table, cell by cell: the code spans under the heading `TypeScript`. */
export function snippetsOfTables(file: string, markdown: string): Snippet[] {
  let column = -1;
  return markdown.split('\n').flatMap((text, index) => {
    const cells = text.split(/(?<!\\)\|/).map((cell) => cell.trim());
    if (cells.length < 3) column = -1;
    else if (column === -1) column = cells.indexOf('TypeScript');
    else {
      const code = [...(cells[column] ?? '').matchAll(/`([^`]+)`/g)].map(([, span = '']) =>
        span.replaceAll('\\|', '|'),
      );
      return code.map((span) => ({ file, line: index + 1, code: span, runs: true, importsFrom: [INDEX] }));
    }
    return [];
  });
}
