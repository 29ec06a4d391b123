// A Prometheus over a storage that was written for it: it scrapes nothing and evaluates nothing by itself, so that what is
// asked is all it does.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nativeBinaries } from '../../tools/native-stack/native-binaries.js';
import { freePorts } from '../../tools/stack/native/ports.js';
import { Program } from '../../tools/stack/native/program.js';
import { prometheus, type StackSettings } from '../../tools/stack/native/programs.js';
import type { Question } from './questions.js';

/** Beyond, a query counts as one that does not answer. */
const LONGEST_SECONDS = 60;

interface Answer {
  readonly status: 'success' | 'error';
  readonly error?: string;
  readonly data?: {
    readonly result: readonly Series[];
    readonly stats: { readonly timings: { readonly evalTotalTime: number } };
  };
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

export interface Asked {
  /** Until the last byte of the answer. */
  readonly seconds: number;
  /** What the server says it evaluated for; 0 of what is no expression. */
  readonly evaluation: number;
  /** Why there is no answer. */
  readonly error?: string;
}

export class FleetPrometheus {
  private constructor(
    private readonly program: Program,
    private readonly url: string,
    readonly startSeconds: number,
  ) {}

  /** The folder of the storage, for a folder of data. */
  static storage(data: string): string {
    const folder = join(data, 'prometheus');
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  static async start(data: string): Promise<FleetPrometheus> {
    const settings: StackSettings = { binaries: await nativeBinaries(), ports: await freePorts(), data };
    const configuration = join(data, 'prometheus.yml');
    writeFileSync(configuration, 'storage: { tsdb: { retention: { time: 40d } } }\n');
    const flags = [
      '--enable-feature=memory-snapshot-on-shutdown',
      `--query.timeout=${LONGEST_SECONDS}s`,
      '--log.level=warn',
    ];
    const started = performance.now();
    const program = await Program.start(prometheus(settings, configuration, flags));
    const url = `http://127.0.0.1:${settings.ports.prometheus}/api/v1`;
    return new FleetPrometheus(program, url, (performance.now() - started) / 1000);
  }

  async ask(question: Question): Promise<Asked> {
    const started = performance.now();
    try {
      const answer = await this.answerTo(question);
      const seconds = (performance.now() - started) / 1000;
      const evaluation = answer.data?.stats?.timings.evalTotalTime ?? 0;
      return { seconds, evaluation, ...(answer.status === 'error' && { error: answer.error ?? 'failed' }) };
    } catch (error) {
      const seconds = (performance.now() - started) / 1000;
      return { seconds, evaluation: seconds, error: (error as Error).message };
    }
  }

  /** @throws Error where there is no answer */
  async series(question: Question): Promise<readonly Series[]> {
    const { status, error, data } = await this.answerTo(question);
    if (status === 'error') throw new Error(`${question.where}: ${error}`);
    return data!.result;
  }

  /** MiB that are resident now, and the most that were. Linux, for /proc. */
  memory(): { readonly resident: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.program.pid}/status`, 'utf8');
    const of = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)![1]) / 1024;
    return { resident: of('VmRSS'), peak: of('VmHWM') };
  }

  stop(): Promise<void> {
    return this.program.stop();
  }

  kill(): Promise<void> {
    return this.program.kill();
  }

  private async answerTo({ path, parameters }: Question): Promise<Answer> {
    const response = await fetch(`${this.url}/${path}?${new URLSearchParams(parameters).toString()}`, {
      signal: AbortSignal.timeout((LONGEST_SECONDS + 10) * 1000),
    });
    return (await response.json()) as Answer;
  }
}
