import { parseArgs, type ParseArgsConfig } from 'node:util';

/** What the command line asks for. */
export interface Flags {
  readonly help: boolean;
  readonly once: boolean;
  readonly loop: boolean;
  readonly seed: number;
  readonly agents: number;
  readonly replay: string | undefined;
  /** Calls a second; 0 is as fast as it goes. */
  readonly rate: number;
  readonly port: number;
  readonly counts: string | undefined;
  /** Seconds that /metrics stays up after the last call. */
  readonly linger: number;
}

/** Flags that cannot be used; the message lists all of them. */
export class FlagsError extends Error {
  override readonly name = 'FlagsError';
}

interface FlagDefinition {
  readonly value?: string;
  readonly text: string;
}

const FLAGS: Readonly<Record<keyof Flags, FlagDefinition>> = {
  once: { text: 'end after about 600 calls, in under 30 s, with exit code 0' },
  replay: { value: 'FILE', text: 'replay recorded tool calls (JSONL) instead of the claims desk, then end' },
  loop: { text: 'replay without end' },
  seed: { value: 'N', text: 'seed of the claims desk and of all that is simulated (default 20240229)' },
  agents: { value: 'N', text: 'agents at work side by side, 1 to 100 (default 6)' },
  rate: { value: 'N', text: 'calls a second, 0 is unpaced (default 8; 40 with --once; 15 with --replay)' },
  port: { value: 'N', text: 'port of /metrics on 127.0.0.1, 0 takes any free one (default 9464)' },
  counts: { value: 'FILE', text: 'write what the governed and a bare policy engine decided, as JSON' },
  linger: { value: 'SECONDS', text: 'keep /metrics up so long after the last call (default 0)' },
  help: { text: 'print this' },
};

const DEFAULT_SEED = 20_240_229;
const RATES = { once: 40, replay: 15, endless: 8 };

export function helpText(): string {
  const names = Object.entries(FLAGS).map(([name, { value }]) => `--${name}${value ? ` ${value}` : ''}`);
  const width = Math.max(...names.map((name) => name.length));
  return [
    'Governed agents under load, with everything they do on /metrics. Ctrl-C ends it with a summary.',
    '',
    'npm run demo -- [flags]',
    ...Object.values(FLAGS).map(({ text }, index) => `  ${names[index]!.padEnd(width)}  ${text}`),
  ].join('\n');
}

/** @throws FlagsError that lists every flag it cannot use */
export function parseFlags(args: readonly string[]): Flags {
  const { values, problems } = tokensOf(args);
  const read = <K extends keyof Flags>(name: K, fallback: number, range: NumberRange): number => {
    const text = values.get(name);
    if (text === undefined) return fallback;
    const value = text.trim() === '' ? NaN : Number(text);
    const whole = range.whole !== false;
    if (value >= range.min && value <= range.max && (!whole || Number.isInteger(value))) return value;
    problems.push(
      `--${name} must be a ${whole ? 'whole number' : 'number'} from ${range.min} to ${range.max}, not "${text}"`,
    );
    return fallback;
  };
  const file = (name: 'replay' | 'counts') => {
    const path = values.get(name);
    if (path === '') problems.push(`--${name} must name a file`);
    return path;
  };
  const once = values.has('once');
  const replay = file('replay');
  const flags: Flags = {
    help: values.has('help'),
    once,
    replay,
    counts: file('counts'),
    loop: values.has('loop'),
    seed: read('seed', DEFAULT_SEED, { min: 0, max: 2 ** 32 - 1 }),
    agents: read('agents', 6, { min: 1, max: 100 }),
    rate: read('rate', once ? RATES.once : replay !== undefined ? RATES.replay : RATES.endless, {
      min: 0,
      max: 10_000,
      whole: false,
    }),
    port: read('port', 9464, { min: 0, max: 65_535 }),
    linger: read('linger', 0, { min: 0, max: 3600, whole: false }),
  };
  if (flags.loop && replay === undefined) problems.push('--loop needs --replay FILE');
  if (flags.loop && once) problems.push('--loop and --once contradict each other');
  if (problems.length > 0) {
    throw new FlagsError(`${problems.join('\n')}\nSee: npm run demo -- --help`);
  }
  return flags;
}

interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** @defaultValue true */
  readonly whole?: boolean;
}

const PARSER_OPTIONS: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
  Object.entries(FLAGS).map(([name, { value }]) => [name, { type: value ? 'string' : 'boolean' }]),
);

/** Not strict: parseArgs would stop at the first fault. */
function tokensOf(args: readonly string[]) {
  const { tokens } = parseArgs({
    args: [...args],
    options: PARSER_OPTIONS,
    strict: false,
    tokens: true,
  });
  const values = new Map<keyof Flags, string>();
  const problems: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      problems.push(`"${token.value}" is not expected: there are only flags`);
      continue;
    }
    const name = token.name as keyof Flags;
    const definition = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
    if (definition === undefined) problems.push(`${token.rawName} is not a flag`);
    else if (definition.value && (token.value === undefined || token.value.startsWith('--')))
      problems.push(`--${name} needs a value: --${name} ${definition.value}`);
    else if (!definition.value && token.value !== undefined) problems.push(`--${name} takes no value`);
    else values.set(name, token.value ?? '');
  }
  return { values, problems };
}
