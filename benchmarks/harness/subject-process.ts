import { fork, type ChildProcess } from 'node:child_process';
import type { Sample } from './subject.js';

export type Step = 'open' | 'warmUp' | 'round' | 'finish';
export type Answer = { readonly sample: Sample } | { readonly error: string };

/** A subject in a Node process that has nothing else to do; it waits between its rounds. */
export class SubjectProcess {
  private readonly process: ChildProcess;

  constructor(
    private readonly name: string,
    program: string,
    args: readonly string[],
  ) {
    this.process = fork(program, args, {
      execArgv: ['--expose-gc'], // not the parent's: no loader may come between the code and the engine
      env: plainEnvironment(),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  do(step: Step): Promise<Sample> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`${this.name}, ${step}: ${why}`));
      const exited = (code: number | null): void => fail(`the process ended with ${code}`);
      this.process.once('exit', exited);
      this.process.once('message', (answer: Answer) => {
        this.process.off('exit', exited);
        if ('error' in answer) fail(answer.error);
        else resolve(answer.sample);
      });
      this.process.send(step);
    });
  }

  async end(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await ended;
  }
}

/** The environment without what would configure OpenTelemetry or Node. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('OTEL_') && name !== 'NODE_OPTIONS',
  );
  return Object.fromEntries(entries);
}
