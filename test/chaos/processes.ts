import { fork, type ChildProcess } from 'node:child_process';
import cluster from 'node:cluster';
import { createRequire } from 'node:module';
import { createWriteStream, type WriteStream } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { HostCommand, HostMessage, HostSettings, LifeEnd } from './messages.js';

const PROGRAM = fileURLToPath(new URL('./children/host.ts', import.meta.url));
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const EXEC_ARGV = ['--import', LOADER, '--expose-gc'];

/** What is heard of all processes. */
export class Heard {
  readonly ends: LifeEnd[] = [];
  /** When nobody could expect an answer, from and to, in milliseconds since the epoch. */
  readonly restarts: [from: number, to: number][] = [];
  readonly failures: string[] = [];
  readonly done: Record<string, number> = {};
  readonly memory = new Map<number, { at: number; bytes: number }[]>();
  delayP99Millis = 0;
  delayMaxMillis = 0;
}

/** One process of the host, from its start to its end; after a kill another takes its place. */
export class HostProcess {
  private child!: ChildProcess;
  private exit!: Promise<number | null>;
  private waiting = new Map<HostMessage['say'], () => void>();
  private mayEnd = false;
  private downSince: number | undefined;
  life = '';
  added = 0;

  constructor(
    private readonly settings: HostSettings,
    private readonly options: {
      readonly inCluster: boolean;
      readonly log: WriteStream;
      readonly heard: Heard;
    },
  ) {}

  async start(): Promise<void> {
    const up = this.next('up');
    const args = [JSON.stringify(this.settings)];
    const env = withoutOtel(process.env);
    if (this.options.inCluster) {
      cluster.setupPrimary({ exec: PROGRAM, args, execArgv: EXEC_ARGV, silent: true });
      this.child = cluster.fork(env).process;
    } else {
      this.child = fork(PROGRAM, args, { execArgv: EXEC_ARGV, silent: true, env });
    }
    const { child } = this;
    child.stdout!.pipe(this.options.log, { end: false });
    child.stderr!.pipe(this.options.log, { end: false });
    child.on('message', (message: HostMessage) => this.hear(message));
    child.on('error', () => {}); // as of a message to one that is being killed
    this.exit = new Promise((resolve) => child.once('exit', resolve));
    void this.exit.then((code) => {
      if (!this.mayEnd)
        this.options.heard.failures.push(`a process ended by itself, with ${code ?? child.signalCode}`);
    });
    await Promise.race([
      up,
      this.exit.then((code) => Promise.reject(new Error(`the host ended with ${code}`))),
    ]);
  }

  async reload(): Promise<void> {
    const up = this.next('up');
    this.tell('reload');
    await Promise.race([up, this.exit]);
  }

  /** Kills it, and starts another in its place. */
  async kill(): Promise<void> {
    this.downSince = Date.now();
    this.mayEnd = true;
    this.child.kill('SIGKILL');
    await this.exit;
    this.mayEnd = false;
    await this.start();
  }

  async quiet(): Promise<void> {
    const quiet = this.next('quiet');
    this.tell('quiet');
    await Promise.race([quiet, this.exit]);
  }

  /** Lets it end by itself: the exit code, and how long that took. */
  async end(patienceMillis: number): Promise<{ code: number | null | 'killed'; seconds: number }> {
    const from = Date.now();
    this.mayEnd = true;
    this.tell('end');
    const late = setTimeout(() => this.child.kill('SIGKILL'), patienceMillis);
    const code = await this.exit;
    clearTimeout(late);
    const seconds = (Date.now() - from) / 1000;
    return { code: this.child.signalCode === 'SIGKILL' ? 'killed' : code, seconds };
  }

  /** Whatever happens, nobody stays behind. */
  destroy(): void {
    this.mayEnd = true;
    this.child?.kill('SIGKILL');
  }

  private tell(what: HostCommand['do']): void {
    if (this.child.connected) this.child.send({ do: what } satisfies HostCommand);
  }

  private next(say: HostMessage['say']): Promise<void> {
    return new Promise((resolve) => this.waiting.set(say, resolve));
  }

  private hear(message: HostMessage): void {
    const { heard } = this.options;
    switch (message.say) {
      case 'up':
        this.life = message.life;
        this.added = message.added;
        if (this.downSince !== undefined) heard.restarts.push([this.downSince, message.at]);
        this.downSince = undefined;
        break;
      case 'down':
        this.downSince = message.at;
        break;
      case 'added':
        if (message.life === this.life) this.added = message.added;
        break;
      case 'ended':
        heard.ends.push(message);
        if (message.life === this.life) this.added = message.added;
        break;
      case 'memory': {
        const samples = heard.memory.get(this.child.pid!) ?? [];
        samples.push({ at: message.at, bytes: message.bytes });
        heard.memory.set(this.child.pid!, samples);
        break;
      }
      case 'failed':
        heard.failures.push(message.what);
        break;
      case 'finished':
        for (const [what, times] of Object.entries(message.done))
          heard.done[what] = (heard.done[what] ?? 0) + times;
        heard.delayP99Millis = Math.max(heard.delayP99Millis, message.delayP99Millis);
        heard.delayMaxMillis = Math.max(heard.delayMaxMillis, message.delayMaxMillis);
        break;
      case 'quiet':
        break;
    }
    this.waiting.get(message.say)?.();
    this.waiting.delete(message.say);
  }
}

export function hostLog(path: string): WriteStream {
  const log = createWriteStream(path);
  log.setMaxListeners(0);
  return log;
}

/** What the machine says about OpenTelemetry is not what is tried. */
function withoutOtel(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OTEL_')));
}
