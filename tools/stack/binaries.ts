// amtool and promtool: of the native stack where it is built, else of the PATH where they are new enough.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { binaryPath } from '../native-stack/cache.js';
import type { BinaryName } from '../native-stack/programs.js';

export type CheckTool = 'amtool' | 'promtool';

/** The oldest that know what our configurations say, and the native stack's name of the program they belong to. */
const NEEDED: Readonly<Record<CheckTool, { readonly since: string; readonly program: string }>> = {
  amtool: { since: '0.31', program: 'alertmanager' },
  promtool: { since: '3.16', program: 'prometheus' },
};

/** A check that cannot be made, or did not hold; the message is enough for a person. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
}

/** @throws CheckError that says how to get the tool */
export function checkTool(name: CheckTool): string {
  const { since, program } = NEEDED[name];
  const native = nativePath(name);
  if (native !== undefined) return native;
  const version = versionOf(name);
  if (version !== undefined && isAtLeast(version, since)) return name;
  const found = version === undefined ? 'is not on the PATH' : `on the PATH is ${version}`;
  throw new CheckError(
    `${name} ${found}; ${since} or newer is needed: npx tsx tools/native-stack/build.ts --only ${program}`,
  );
}

/** Runs it; gives what it printed, or throws that as a CheckError. */
export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env,
    timeout: 300_000,
  });
  if (status === 0) return stdout;
  throw new CheckError(
    `${[command, ...args].join(' ')}\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`,
  );
}

/** Prints what was checked, or the failure with exit code 1. */
export function report(check: () => readonly string[]): void {
  try {
    console.log(check().join('\n'));
  } catch (error) {
    if (!(error instanceof CheckError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Whether the one is the other, or newer: numbers joined by dots. */
export function isAtLeast(version: string, since: string): boolean {
  const [ours, theirs] = [version, since].map((text) => text.split('.').map(Number));
  for (const [index, number] of theirs!.entries()) {
    const difference = (ours![index] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Of the native stack, where it is built. */
export function nativePath(name: BinaryName): string | undefined {
  try {
    const path = binaryPath(name);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined; // without Go there is no native stack
  }
}

function versionOf(name: CheckTool): string | undefined {
  const { status, stdout, stderr } = spawnSync(name, ['--version'], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  return /version (\d+(?:\.\d+)+)/.exec(`${stdout}${stderr}`)?.[1];
}
