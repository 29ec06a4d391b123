import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { PATH } from './prerequisites.js';

/** What is asked of a container, as the engine tells it. */
export interface Container {
  readonly Name: string;
  readonly RestartCount: number;
  readonly State: { readonly Pid: number; readonly Running: boolean; readonly ExitCode: number };
  readonly HostConfig: { readonly ReadonlyRootfs: boolean; readonly CgroupParent: string };
}

const READY_MILLIS = 60_000;
const LOOK_MILLIS = 100;
/** Where containers of the engine reach the machine they run on: the address of its bridge. */
export const HOST_ADDRESS = '172.17.0.1';

/** The engine's API, by its socket. */
export class EngineApi {
  constructor(readonly socket: string) {}

  inspect(container: string): Promise<Container> {
    return this.json('GET', `/containers/${container}/json`);
  }

  /** Makes an image of a tar archive. */
  async importImage(name: string, changes: readonly string[], archive: Readable): Promise<void> {
    const [repo, tag] = name.split(':');
    const query = new URLSearchParams({ fromSrc: '-', repo: repo!, tag: tag! });
    for (const change of changes) query.append('changes', change);
    const said = await this.ask('POST', `/images/create?${query.toString()}`, archive);
    if (said.includes('"error"')) throw new Error(`image ${name}: ${said}`);
  }

  /** Runs a command in a container of the image to its end; its exit code. */
  async run(Image: string, Cmd: readonly string[]): Promise<number> {
    const container = { Image, Cmd, HostConfig: { NetworkMode: 'none', ReadonlyRootfs: true } };
    const { Id } = await this.json<{ Id: string }>('POST', '/containers/create', container);
    await this.ask('POST', `/containers/${Id}/start`);
    const { StatusCode } = await this.json<{ StatusCode: number }>('POST', `/containers/${Id}/wait`);
    await this.ask('DELETE', `/containers/${Id}`);
    return StatusCode;
  }

  async ping(): Promise<void> {
    await this.ask('GET', '/_ping');
  }

  private async json<T>(method: string, path: string, body?: object): Promise<T> {
    return JSON.parse(await this.ask(method, path, body)) as T;
  }

  private ask(method: string, path: string, body?: object): Promise<string> {
    const isStream = body !== undefined && 'pipe' in body;
    const headers = { 'content-type': isStream ? 'application/x-tar' : 'application/json' };
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: this.socket, method, path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode! < 400) resolve(text);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        });
      });
      asked.on('error', reject);
      if (isStream) (body as Readable).on('error', reject).pipe(asked);
      else asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

/** Starts an engine with everything of its own in `folder`; `stop` ends it. */
export async function startEngine(
  folder: string,
  cgroup: string,
): Promise<{ api: EngineApi; stop: () => Promise<void> }> {
  const at = (name: string): string => join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(at('daemon.json'), '{}');
  const log = openSync(at('dockerd.log'), 'w');
  const api = new EngineApi(at('docker.sock'));
  const flags = {
    'config-file': at('daemon.json'),
    'data-root': at('data'),
    'exec-root': at('exec'),
    pidfile: at('dockerd.pid'),
    host: `unix://${api.socket}`,
    bip: `${HOST_ADDRESS}/16`,
    'cgroup-parent': cgroup,
    'exec-opt': 'native.cgroupdriver=cgroupfs',
    // The network namespace is empty but for what the engine makes: there is nothing to filter, and nowhere to forward to.
    iptables: false,
    ip6tables: false,
    'ip-forward': false,
    'ip-masq': false,
  };
  const child = spawn(
    'dockerd',
    Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    { stdio: ['ignore', log, log], env: { ...process.env, PATH } },
  );
  let ended = '';
  const exited = new Promise<void>((resolve) => {
    const end = (how: unknown): void => {
      ended = String(how);
      resolve();
    };
    child.once('error', end).once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  const deadline = Date.now() + READY_MILLIS;
  for (;;) {
    try {
      await api.ping();
      return { api, stop };
    } catch (error) {
      if (ended === '' && Date.now() < deadline) await delay(LOOK_MILLIS);
      else {
        const tail = readFileSync(at('dockerd.log'), 'utf8').trimEnd().split('\n').slice(-8).join('\n');
        throw new Error(`the engine does not start (${ended || String(error)}):\n${tail}`, { cause: error });
      }
    }
  }
}
