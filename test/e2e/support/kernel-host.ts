import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ObservabilityOptions } from '../../../src/index.js';
import { parseExposition, type Family } from '../../../src/testing/parse-exposition.js';

export type HostCommand =
  | {
      readonly do: 'act';
      readonly agentId: string;
      readonly action: string;
      readonly times: number;
      /** Waits for delivery after so many, as a host does that must not overrun its queue. */
      readonly flushEvery?: number;
    }
  | { readonly do: 'forbid'; readonly agentId: string; readonly severity: 'low' | 'medium' }
  | { readonly do: 'kill'; readonly agentId: string; readonly handler: KillHandler }
  | { readonly do: 'flush' | 'page' | 'url' | 'shutdown' };

/** What the handler of a kill does. */
export type KillHandler = 'throws' | 'hangs';

export interface HostReply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** An action that the policy of the demo allows, and one that it denies. */
export const ALLOWED = 'get_claim';
export const DENIED = 'export_customer_file';

/** The variable with the folder of a host that has the packed package and the official packages. */
export const PACKED_HOST = 'E2E_PACKED_HOST';

const PROGRAM = fileURLToPath(new URL('../children/kernel-host.ts', import.meta.url));
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** A process that governs actions under the SDK. */
export class KernelHost {
  private readonly waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
  >();
  private commands = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly output: string[],
  ) {
    child.on('message', ({ id, value, error }: HostReply) => {
      const { resolve, reject } = this.waiting.get(id)!;
      this.waiting.delete(id);
      if (error === undefined) resolve(value);
      else reject(new Error(error));
    });
    child.once('exit', (code, signal) => {
      const ended = new Error(`the host ended (${signal ?? code}):\n${this.output.join('')}`);
      for (const { reject } of this.waiting.values()) reject(ended);
      this.waiting.clear();
    });
  }

  static async start(
    options: ObservabilityOptions,
    env: Readonly<Record<string, string>> = {},
  ): Promise<KernelHost> {
    const packed = process.env[PACKED_HOST];
    const started = packed === undefined ? options : { ...options, pipeline: 'otel-sdk' };
    const child = fork(PROGRAM, [JSON.stringify(started), packed ?? ''], {
      execArgv: ['--import', LOADER],
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const output: string[] = [];
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
    const host = new KernelHost(child, output);
    await host.tell({ do: 'url' });
    return host;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The trace ids of the actions. */
  act(agentId: string, action: string, times = 1, flushEvery?: number): Promise<readonly string[]> {
    const command = { do: 'act', agentId, action, times } as const;
    return this.tell(flushEvery === undefined ? command : { ...command, flushEvery }) as Promise<string[]>;
  }

  /** An action that is denied and blocked, as happens on any day. */
  async forbid(agentId: string, severity: 'low' | 'medium'): Promise<void> {
    await this.tell({ do: 'forbid', agentId, severity });
  }

  /** Begins a kill; does not wait for its end. */
  async kill(agentId: string, handler: KillHandler): Promise<void> {
    await this.tell({ do: 'kill', agentId, handler });
  }

  async flush(): Promise<void> {
    await this.tell({ do: 'flush' });
  }

  async metrics(): Promise<readonly Family[]> {
    return parseExposition((await this.tell({ do: 'page' })) as string);
  }

  /** Spans, or what else, that the SDK itself says it lost. */
  async spansLost(signal = 'traces'): Promise<number> {
    const families = await this.metrics();
    const dropped = families.find(({ name }) => name === 'agent_os_telemetry_dropped_total');
    const spans = dropped!.samples.filter(({ labels }) => labels.signal === signal);
    return spans.reduce((sum, { value }) => sum + value, 0);
  }

  /** As an orchestrator does, until it is gone. */
  async terminate(): Promise<void> {
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await exited;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    await this.tell({ do: 'shutdown' });
    this.child.disconnect();
    await exited;
  }

  private tell(command: HostCommand): Promise<unknown> {
    const id = (this.commands += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.child.send({ id, ...command });
    });
  }
}
