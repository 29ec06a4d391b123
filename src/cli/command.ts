// What a command is, and its help: main.ts runs it, tools/docs/cli-page.ts prints the same text.
import { parseArgs } from 'node:util';

export interface Flag {
  readonly type: 'string' | 'boolean';
  readonly multiple?: true;
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly about: string;
}

export interface Given {
  readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly positionals: readonly string[];
}

export interface Command {
  readonly name: string;
  /** What stands behind the name. */
  readonly takes: string;
  /** The most and the fewest words that stand behind the name. */
  readonly words: readonly [fewest: number, most: number];
  readonly about: string;
  readonly details: readonly string[];
  readonly flags: Readonly<Record<string, Flag>>;
  /** What 0 and 1 say; 2 is a mistake in the call for every command. */
  readonly exits: readonly [string, string];
  /** Loaded when it is called, and not for help. */
  readonly load: () => Promise<{ run: (given: Given, io: Io) => Promise<number> }>;
}

/** What a command sees of the world. */
export interface Io {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly colour: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The clock, in milliseconds since the epoch; that of the system, if none is given. */
  readonly now?: () => number;
  /** Asks a person; undefined where none is at a terminal. */
  readonly ask?: ((question: string, standard: string) => Promise<string>) | undefined;
}

/** A call that cannot be carried out as it stands: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const NAME = 'agent-os-observability';
const HELP: Flag = { type: 'boolean', about: 'This text.' };

/** @throws UsageError where a flag is unknown, lacks its value, or words are missing */
export function given(command: Command, args: readonly string[]): Given {
  const options = Object.fromEntries(
    Object.entries({ ...command.flags, help: HELP }).map(([name, { type, multiple = false }]) => [
      name,
      { type, multiple },
    ]),
  );
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { values, positionals } = parsed;
  const flags = values as Given['flags'];
  const [fewest, most] = command.words;
  if (flags['help'] !== true && (positionals.length < fewest || positionals.length > most))
    throw new UsageError(`usage: ${usage(command)}`);
  // As a shell passes a variable that is not set; resolved it would be the current folder.
  const empty = positionals.findIndex((word) => word.trim() === '');
  const word = command.takes.split(' ')[empty]?.replace(/[[\]]/g, '');
  if (empty >= 0 && flags['help'] !== true)
    throw new UsageError(`${word === 'folder' ? 'the folder' : word} must not be empty`);
  return { flags, positionals };
}

/** The value of a flag that is a text. */
export function text({ flags }: Given, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

/** A number from `least`, or the standard. */
export function number(called: Given, name: string, standard: number, least = 0): number {
  const value = text(called, name);
  if (value === undefined) return standard;
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed) || parsed < least)
    throw new UsageError(`--${name} must be a number from ${least}, got ${JSON.stringify(value)}`);
  return parsed;
}

const usage = ({ name, takes }: Command): string => `${NAME} ${name} ${takes} [flags]`.replace('  ', ' ');

export function helpOf(command: Command): string {
  const { about, details, flags, exits } = command;
  return [
    usage(command),
    '',
    about,
    ...details.flatMap((paragraph) => ['', ...wrapped(paragraph, 0)]),
    '',
    'Flags:',
    ...Object.entries({ ...flags, help: HELP }).flatMap(([name, flag]) => flagLines(name, flag)),
    '',
    'Exit codes:',
    ...[...exits, 'The call is wrong, or a file cannot be used; nothing was done.'].flatMap((meaning, code) =>
      wrapped(`${code}  ${meaning}`, 2, 3),
    ),
  ].join('\n');
}

export function helpOfAll(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name, takes }) => `${name} ${takes}`.length));
  return [
    `${NAME} <command> [flags]`,
    '',
    ...commands.map(({ name, takes, about }) => `  ${`${name} ${takes}`.padEnd(width)}  ${about}`),
    '',
    `${NAME} <command> --help says more of one; --version names the release.`,
  ].join('\n');
}

const WIDTH = 100;
const COLUMN = 26;

function flagLines(name: string, { type, value = 'TEXT', about, multiple }: Flag): string[] {
  const head = `  --${name}${type === 'boolean' ? '' : ` ${value}`}`;
  const lines = wrapped(`${about}${multiple ? ' May be given several times.' : ''}`, COLUMN);
  if (head.length >= COLUMN - 1) return [head, ...lines];
  return [head.padEnd(COLUMN) + lines[0]!.trimStart(), ...lines.slice(1)];
}

function wrapped(paragraph: string, indent: number, hanging = 0): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    const space = lines.length === 0 ? indent : indent + hanging;
    if (line !== '' && space + line.length + 1 + word.length > WIDTH) {
      lines.push(' '.repeat(space) + line);
      line = word;
    } else
      line = line === '' && lines.length === 0 && word === '' ? '' : line === '' ? word : `${line} ${word}`;
  }
  return [...lines, ' '.repeat(lines.length === 0 ? indent : indent + hanging) + line];
}
