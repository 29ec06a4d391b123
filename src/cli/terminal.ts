// How lines look: colour for a person at a terminal alone, tables in plain text.
import { createInterface } from 'node:readline/promises';
import type { Io } from './command.js';

const CODES = { red: 31, green: 32, yellow: 33, grey: 90 } as const;
type Colour = keyof typeof CODES;

export const painted = ({ colour }: Pick<Io, 'colour'>, name: Colour, text: string): string =>
  colour ? `\u001B[${CODES[name]}m${text}\u001B[0m` : text;

/** What comes from elsewhere, without what a terminal would act on. */
export const shown = (text: string): string =>
  // eslint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, '\uFFFD');

const SIGNS: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** In one line, and from left to right: what comes from elsewhere makes no row of its own. */
const inOneLine = (text: string): string =>
  text.replace(
    /[\p{Cc}\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu,
    (sign) => SIGNS[sign] ?? `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Columns as wide as they must be. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows].map((row) => row.map(inOneLine));
  const widths = head.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A reader that stops early, as head does, stops no work. */
function goneIsNoFault(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
}

/** The process as a command sees it. */
export function processIo(): Io {
  const { stdin, stdout, env } = process;
  for (const stream of [stdout, process.stderr]) stream.on('error', goneIsNoFault);
  const asks = stdin.isTTY && stdout.isTTY && !env['CI'];
  return {
    out: (line) => void stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    colour: stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
    env,
    cwd: process.cwd(),
    ask: asks ? askAtTerminal : undefined,
  };
}

async function askAtTerminal(question: string, standard: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`${question} [${standard}] `)).trim() || standard;
  } finally {
    terminal.close();
  }
}
