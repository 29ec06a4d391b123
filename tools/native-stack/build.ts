// tsx tools/native-stack/build.ts [--only collector,jaeger,compose] [--jobs N] [--nice N] [--print]
// Builds the programs of the native stack and prints the path of each binary; --print builds nothing.
import { existsSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { binaryPath } from './cache.js';
import { buildPrograms } from './native-binaries.js';
import { binariesOf, NativeStackError, programsNamed, STACK, type Program } from './programs.js';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      jobs: { type: 'string' },
      nice: { type: 'string' },
      print: { type: 'boolean', default: false },
    },
  });
  const programs = values.only === undefined ? STACK : programsNamed(values.only.split(','));
  if (!values.print) {
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => stop.abort(new NativeStackError(`Stopped by ${signal}.`)));
    }
    await buildPrograms(programs, {
      jobs: number('--jobs', values.jobs),
      nice: number('--nice', values.nice),
      signal: stop.signal,
    });
  }
  print(programs);
}

function print(programs: readonly Program[]): void {
  for (const binary of programs.flatMap(binariesOf)) {
    const path = binaryPath(binary);
    const built = existsSync(path);
    const note = built ? `${Math.round(statSync(path).size / 1e6)} MB` : 'not built';
    console.log(`${binary.padEnd(12)} ${path}  (${note})`);
    if (!built) process.exitCode = 1;
  }
}

function number(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d?$/.test(value))
    throw new NativeStackError(`${flag} takes a number from 1 up, not ${value}.`);
  return Number(value);
}

main().catch((error: unknown) => {
  const known =
    error instanceof NativeStackError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(known === true ? (error as Error).message : error);
  process.exit(1);
});
