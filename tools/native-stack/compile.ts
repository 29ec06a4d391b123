// Runs go build, says every few seconds that it is still at it, and keeps what Go says in a log file.
import { spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildFlags } from './cache.js';
import { GO, goEnvironment } from './go.js';
import { programFolder } from './paths.js';
import { NativeStackError, type Program } from './programs.js';

export interface CompileOptions {
  /** Folder the binaries go to. */
  readonly into: string;
  /** Folder for what Go leaves behind when it is stopped. */
  readonly scratch: string;
  readonly logFile: string;
  readonly say: (line: string) => void;
  /** Packages compiled at a time; Go's own default is one a core. */
  readonly jobs?: number | undefined;
  /** 1–19: how much the build gives way to other processes. */
  readonly nice?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PROGRESS_MS = 15_000;
const TAIL_LINES = 15;

/** @throws {NativeStackError} When Go fails: the end of its log, and where the whole is. */
export async function compile(program: Program, options: CompileOptions): Promise<void> {
  const started = Date.now();
  const counts = { downloaded: 0, compiled: 0 };
  const tail: string[] = [];
  const log = openSync(options.logFile, 'w');
  const progress = setInterval(() => {
    const { downloaded, compiled } = counts;
    const modules = downloaded > 0 ? `${downloaded} modules downloaded, ` : '';
    options.say(`${program.name}: ${elapsed(started)}, ${modules}${compiled} packages compiled`);
  }, PROGRESS_MS);
  const onLine = (line: string): void => {
    writeSync(log, `${line}\n`);
    if (line.startsWith('go: downloading ')) counts.downloaded += 1;
    else if (/^[\w.~/-]+$/.test(line)) counts.compiled += 1;
    else if (tail.push(line) > TAIL_LINES) tail.shift();
  };
  try {
    for (const [binary, goPackage] of Object.entries(program.binaries)) {
      const args = ['build', '-v', ...buildFlags(program), '-o', join(options.into, binary), goPackage];
      if (options.jobs !== undefined) args.splice(1, 0, '-p', String(options.jobs));
      const code = await runGo(args, programFolder(program), options, onLine);
      if (code !== 0) throw new NativeStackError(failure(program, tail, options.logFile));
    }
  } finally {
    clearInterval(progress);
    closeSync(log);
  }
}

/** Settles with the exit code; rejects with the signal's reason when that stopped it. */
async function runGo(
  args: string[],
  cwd: string,
  { scratch, nice, signal }: CompileOptions,
  onLine: (line: string) => void,
): Promise<number | null> {
  signal?.throwIfAborted();
  const command = [...(nice === undefined ? [] : ['nice', '-n', String(nice)]), GO, ...args];
  const go = spawn(command[0]!, command.slice(1), {
    cwd,
    env: { ...goEnvironment(), GOTMPDIR: scratch },
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own, since a stopped go leaves its compilers running; but only for who says when to stop:
    // otherwise Ctrl-C has to reach it.
    detached: signal !== undefined,
  });
  const stop = (): void => interruptGroup(go.pid);
  signal?.addEventListener('abort', stop, { once: true });
  createInterface({ input: go.stderr }).on('line', onLine);
  try {
    const code = await new Promise<number | null>((resolve, reject) =>
      go.once('error', reject).once('close', resolve),
    );
    signal?.throwIfAborted();
    return code;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function interruptGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGINT');
  } catch {
    // It has just ended.
  }
}

function failure({ name }: Program, tail: readonly string[], logFile: string): string {
  const killed = tail.some((line) => line.includes('signal: killed'))
    ? `\nA compiler was killed, as when memory runs out: fewer at a time need less, as with --jobs ${Math.max(1, Math.floor(availableParallelism() / 2))}.`
    : '';
  return `${name} did not build:\n${tail.map((line) => `  ${line}`).join('\n')}${killed}\nThe whole log: ${logFile}`;
}

/** As `2 min 05 s`. */
export function elapsed(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  const rest = seconds % 60;
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(rest).padStart(2, '0')} s`;
}
