// Builds what is not in the cache, and says where everything is.
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { binaryPath, isBuilt, programCache } from './cache.js';
import { compile, elapsed, type CompileOptions } from './compile.js';
import { checkDisk } from './disk.js';
import { checkGoVersion, toolchain } from './go.js';
import { withLock } from './lock.js';
import { manifestProblems } from './manifest.js';
import { cacheRoot, programFolder } from './paths.js';
import { binariesOf, NativeStackError, STACK, type Program, type StackBinary } from './programs.js';

export interface BuildOptions {
  /**
   * Takes the lines that say how it goes.
   *
   * @default console.error
   */
  readonly say?: (line: string) => void;
  /**
   * Packages compiled at a time.
   *
   * @default NATIVE_STACK_JOBS, or one a core
   */
  readonly jobs?: number | undefined;
  /**
   * 1–19: how much the builds give way to other processes.
   *
   * @default NATIVE_STACK_NICE, or none
   */
  readonly nice?: number | undefined;
  /** Stops the build. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The path of every binary of the native stack, built first where missing: minutes the first time, at once afterwards.
 *
 * @throws {NativeStackError} Without Go, with too little disk, or when a build fails.
 */
export async function nativeBinaries(options: BuildOptions = {}): Promise<Record<StackBinary, string>> {
  await buildPrograms(STACK, options);
  const binaries = STACK.flatMap(binariesOf).map((binary) => [binary, binaryPath(binary)]);
  return Object.fromEntries(binaries) as Record<StackBinary, string>;
}

/** Builds those of the programs that the cache has not, one after the other. */
export async function buildPrograms(programs: readonly Program[], options: BuildOptions = {}): Promise<void> {
  const missing = programs.filter((program) => !isBuilt(program));
  if (missing.length === 0) return;
  const { jobs = fromEnv('NATIVE_STACK_JOBS'), nice = fromEnv('NATIVE_STACK_NICE'), signal } = options;
  const say = options.say ?? console.error;
  for (const program of missing) checkGoVersion(program);
  const problems = manifestProblems();
  if (problems.length > 0) throw new NativeStackError(problems.join('\n'));
  say(checkDisk(missing, toolchain(), cacheRoot()));
  mkdirSync(cacheRoot(), { recursive: true });
  for (const program of missing) {
    const folder = programCache(program);
    const onWait = (pid: number): void =>
      say(`${program.name}: process ${pid} is building it, waiting for that`);
    const run = async (): Promise<void> => {
      if (!isBuilt(program)) await build(program, folder, { say, jobs, nice, signal });
    };
    await withLock(`${folder}.lock`, onWait, run, signal);
  }
}

async function build(
  program: Program,
  folder: string,
  options: Omit<CompileOptions, 'into' | 'scratch' | 'logFile'>,
): Promise<void> {
  const started = Date.now();
  const logFile = `${folder}.log`;
  sweep(folder);
  const building = mkdtempSync(`${folder}.building-`);
  const bin = join(building, 'bin');
  mkdirSync(bin);
  const scratch = join(building, 'scratch');
  mkdirSync(scratch);
  options.say(`${program.name} ${program.version}: building, log in ${logFile}`);
  try {
    await compile(program, { ...options, into: bin, scratch, logFile });
    for (const problem of failedChecks(program, bin)) throw new NativeStackError(problem);
    rmSync(scratch, { recursive: true });
    land(building, folder, program);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  options.say(`${program.name} ${program.version}: built in ${elapsed(started)}`);
}

/** What builds that were killed have left. */
function sweep(folder: string): void {
  for (const name of readdirSync(cacheRoot())) {
    const path = join(cacheRoot(), name);
    if (path.startsWith(`${folder}.building-`)) rmSync(path, { recursive: true, force: true });
  }
}

/** A binary that does not start, or says another version, never gets into the cache. */
function failedChecks(program: Program, bin: string): string[] {
  const { versionArgument = '--version' } = program;
  const versions = binariesOf(program).map((binary) => [binary, versionArgument] as const);
  return [...versions, ...program.checks].flatMap(([binary, ...args]) => {
    const { status, error, stdout, stderr } = spawnSync(join(bin, binary), args, {
      cwd: programFolder(program),
      encoding: 'utf8',
      timeout: 60_000,
    });
    const said = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trim();
    const fine = status === 0 && (args[0] !== versionArgument || said.includes(program.version));
    return fine
      ? []
      : [`${binary} ${args.join(' ')} should succeed (${program.version}), but said:\n${said}`];
  });
}

function land(building: string, folder: string, program: Program): void {
  try {
    renameSync(building, folder);
  } catch (error) {
    if (isBuilt(program)) return; // someone else's, of the same pins
    rmSync(folder, { recursive: true, force: true }); // or something that lacks a binary
    renameSync(building, folder);
    if (!isBuilt(program)) throw error;
  }
}

function fromEnv(name: string): number | undefined {
  const value = process.env[name];
  if (value === undefined || value === '') return undefined;
  if (!/^[1-9]\d?$/.test(value))
    throw new NativeStackError(`${name} must be a number from 1 up, not ${value}.`);
  return Number(value);
}
