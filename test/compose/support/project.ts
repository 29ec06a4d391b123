import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../../tools/stack/native/programs.js';
import { eventually } from '../../e2e/support/eventually.js';

const execute = promisify(execFile);

/** What docker-compose.yml mounts, and what `npm run stack:init` is made of. */
const COPIED = [
  'docker-compose.yml',
  '.env.example',
  'package.json',
  'tools',
  'otel-collector',
  'prometheus',
  'jaeger',
  'grafana/provisioning',
  'grafana/dashboards',
];
/** Beside docker-compose.yml: leaves services out by a profile that nobody asks for. */
const OVERRIDE = 'left-out.yml';
const HEALTHY_MILLIS = 120_000;

export interface ServiceState {
  readonly ID: string;
  readonly Service: string;
  readonly State: string;
  readonly Health: string;
  readonly ExitCode: number;
}

interface ProjectSettings {
  readonly folder: string;
  readonly compose: string;
  readonly socket: string;
}

/** A checkout of its own, so that no .env of a person is touched, and Docker Compose in it. */
export class Project {
  constructor(private readonly settings: ProjectSettings) {
    const { folder } = settings;
    mkdirSync(folder, { recursive: true });
    for (const path of COPIED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    this.leaveOut([]);
  }

  path(name: string): string {
    return join(this.settings.folder, name);
  }

  leaveOut(services: readonly string[]): void {
    const left = Object.fromEntries(services.map((name) => [name, { profiles: ['left-out'] }]));
    writeFileSync(this.path(OVERRIDE), JSON.stringify({ services: left }));
  }

  async npm(script: string): Promise<string> {
    const { stdout } = await execute('npm', ['run', '-s', script], { cwd: this.settings.folder });
    return stdout;
  }

  async compose(...args: readonly string[]): Promise<string> {
    const { folder, compose, socket } = this.settings;
    const { stdout } = await execute(
      compose,
      ['-f', 'docker-compose.yml', '-f', OVERRIDE, '--progress', 'plain', ...args],
      {
        cwd: folder,
        maxBuffer: 1 << 26,
        env: { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: `unix://${socket}` },
      },
    );
    return stdout;
  }

  /** Every service of the file as it is resolved, those of every profile too. */
  async services(): Promise<Readonly<Record<string, { readonly image: string }>>> {
    const text = await this.compose('--profile', '*', 'config', '--format', 'json');
    return (JSON.parse(text) as { services: Record<string, { image: string }> }).services;
  }

  async states(): Promise<ServiceState[]> {
    const text = await this.compose('ps', '--all', '--format', 'json');
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ServiceState);
  }

  async state(service: string): Promise<ServiceState> {
    const found = (await this.states()).find(({ Service }) => Service === service);
    if (found === undefined) throw new Error(`${service} has no container`);
    return found;
  }

  /** Waits until all run, and are healthy where they say so; seconds that took. */
  async healthy(): Promise<number> {
    const from = performance.now();
    let last: string[] = [];
    await eventually(
      'every service to be healthy',
      async () => {
        const states = await this.states();
        last = states.map(
          ({ Service, State, Health, ExitCode }) => `${Service} ${State} ${Health} ${ExitCode}`,
        );
        return states.every(isWell) ? true : undefined;
      },
      () => last,
      HEALTHY_MILLIS,
    );
    return (performance.now() - from) / 1000;
  }
}

/** Who has done its work is well too. */
function isWell({ State, Health, ExitCode }: ServiceState): boolean {
  if (State === 'exited') return ExitCode === 0;
  return State === 'running' && (Health === '' || Health === 'healthy');
}
