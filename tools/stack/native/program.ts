// One program of the stack as a process: started, waited for, stopped.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProgramSettings {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Answers with 2xx once the program does its work. */
  readonly readyUrl: string;
  /** Asked instead of that address, where it is not one that everybody trusts. */
  readonly isReady?: () => Promise<boolean>;
  /** Everything it prints; what an earlier run printed stays above. */
  readonly logFile: string;
}

/** A program that did not start, or ended: its message is enough for a person. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
}

const READY_MILLIS = 60_000;
const LOOK_MILLIS = 100;
const STOP_MILLIS = 15_000;
const TAIL_LINES = 12;

export class Program {
  /** Settles when the process is gone, with how it ended. */
  readonly ended: Promise<string>;
  private gone = false;

  private constructor(
    readonly settings: ProgramSettings,
    private readonly child: ChildProcess,
  ) {
    // Who ends without stopping it does not leave it behind.
    const killWithParent = (): void => void child.kill('SIGKILL');
    process.once('exit', killWithParent);
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.gone = true;
        process.off('exit', killWithParent);
        resolve(how);
      };
      child.once('error', ({ message }) => end(message));
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  get isRunning(): boolean {
    return !this.gone;
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @throws {ProgramError} When it ends before, or takes longer than a minute: with the end of its log.
   */
  static async start(settings: ProgramSettings): Promise<Program> {
    const { command, args, env, cwd, logFile } = settings;
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a');
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
      // Ctrl-C reaches whoever started it, who stops the programs in order.
      detached: true,
    });
    closeSync(log);
    const program = new Program(settings, child);
    try {
      await program.ready();
    } catch (error) {
      await program.kill();
      throw error;
    }
    return program;
  }

  /** Asks it to end, and waits; kills it when it takes too long. */
  async stop(): Promise<void> {
    if (this.gone) return;
    this.child.kill('SIGTERM');
    const patience = setTimeout(() => this.child.kill('SIGKILL'), STOP_MILLIS);
    await this.ended;
    clearTimeout(patience);
  }

  /** As when the machine takes it: no chance to save anything. */
  async kill(): Promise<void> {
    if (this.gone) return;
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** The last lines it printed. */
  logTail(): string {
    const lines = readFileSync(this.settings.logFile, 'utf8').trimEnd().split('\n');
    return lines.slice(-TAIL_LINES).join('\n');
  }

  private async ready(): Promise<void> {
    const { name, readyUrl, logFile, isReady = () => answers(readyUrl) } = this.settings;
    const deadline = Date.now() + READY_MILLIS;
    while (!(await isReady())) {
      if (this.gone)
        throw new ProgramError(
          `${name} ended (${await this.ended}):\n${this.logTail()}\nIts log: ${logFile}`,
        );
      if (Date.now() > deadline)
        throw new ProgramError(
          `${name} is not ready after ${READY_MILLIS / 1000} s, ${readyUrl} does not answer:\n${this.logTail()}\nIts log: ${logFile}`,
        );
      await delay(LOOK_MILLIS);
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
