import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface RunChildOptions {
  readonly args?: readonly string[];
  /** Laid over this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onStdoutLine?: (line: string) => void;
  /**
   * After so many milliseconds the child is killed, and all that waits for it fails with its output.
   *
   * @default 20_000
   */
  readonly timeoutMs?: number;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningChild {
  readonly pid: number;
  /** Everything written so far; complete once `exited` has settled. */
  readonly stdout: string;
  readonly stderr: string;
  /** The first stdout line, past or to come, that matches; rejects when the child ends without one. */
  waitForLine(pattern: RegExp): Promise<RegExpMatchArray>;
  kill(signal?: NodeJS.Signals): void;
  /** Settles when the child has ended and its output was read; rejects when it had to be killed for time. */
  readonly exited: Promise<ChildExit>;
}

interface LineWaiter {
  readonly pattern: RegExp;
  readonly resolve: (match: RegExpMatchArray) => void;
  readonly reject: (error: Error) => void;
}

// As a URL, since a bare `--import tsx` would be looked up from the child's working directory.
const tsxLoader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/**
 * Runs a TypeScript or JavaScript file as a process of its own. There is no wrapper process: signals reach the script itself.
 *
 * @param scriptPath - a path (relative ones start at the working directory) or a `file:` URL.
 */
export function runChild(scriptPath: string | URL, options: RunChildOptions = {}): RunningChild {
  const { args = [], env = {}, onStdoutLine, timeoutMs = 20_000 } = options;
  const script = scriptPath instanceof URL ? fileURLToPath(scriptPath) : resolve(scriptPath);
  const loader = script.endsWith('.ts') ? ['--import', tsxLoader] : [];
  const child = spawn(process.execPath, [...loader, script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

  let stdout = '';
  let stderr = '';
  let ending: Error | undefined;
  const lines: string[] = [];
  const waiters = new Set<LineWaiter>();

  const described = (what: string) =>
    new Error(`${script} (pid ${child.pid}) ${what}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`);

  const failWaiters = (error: Error) => {
    ending = error;
    for (const waiter of waiters) waiter.reject(error);
    waiters.clear();
  };

  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  createInterface({ input: child.stdout, crlfDelay: Infinity }).on('line', (line) => {
    lines.push(line);
    onStdoutLine?.(line);
    for (const waiter of waiters) {
      const match = firstMatch(waiter.pattern, line);
      if (match === null) continue;
      waiters.delete(waiter);
      waiter.resolve(match);
    }
  });

  // A test process that ends early must not leave its children behind.
  const killWithParent = () => child.kill('SIGKILL');
  process.once('exit', killWithParent);

  const exited = new Promise<ChildExit>((resolveExit, rejectExit) => {
    const fail = (error: Error) => {
      failWaiters(error);
      rejectExit(error);
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      // A grandchild may hold the pipes open for ever, so the end of the streams is not waited for.
      child.stdout.destroy();
      child.stderr.destroy();
      fail(described(`was killed: it still ran after ${timeoutMs} ms`));
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      process.off('exit', killWithParent);
      fail(described(`could not be run: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      process.off('exit', killWithParent);
      failWaiters(described(`ended (code ${code}, signal ${signal}) without the awaited line`));
      resolveExit({ code, signal });
    });
  });
  // Whoever awaits `exited` still sees the failure; a test that only reads lines must not crash its worker.
  exited.catch(() => undefined);

  return {
    // Zero only when the process could not be started, which `exited` reports.
    pid: child.pid ?? 0,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    waitForLine(pattern) {
      for (const line of lines) {
        const match = firstMatch(pattern, line);
        if (match !== null) return Promise.resolve(match);
      }
      if (ending !== undefined) return Promise.reject(ending);
      return new Promise((resolveLine, rejectLine) => {
        waiters.add({ pattern, resolve: resolveLine, reject: rejectLine });
      });
    },
    kill(signal = 'SIGTERM') {
      child.kill(signal);
    },
    exited,
  };
}

/** `exec` on a global or sticky pattern would remember where it stopped in the line before. */
function firstMatch(pattern: RegExp, line: string): RegExpMatchArray | null {
  pattern.lastIndex = 0;
  return pattern.exec(line);
}
