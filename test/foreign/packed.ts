import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RELEASES } from '../../tools/stack/releases.js';

export const ROOT = resolve(import.meta.dirname, '../..');
/** The one of docker-compose.yml. */
const NODE = `node@${RELEASES.node.image}`;
/** Of one command. */
const LONGEST_MILLIS = 600_000;
export const QUIET = ['--no-audit', '--no-fund', '--prefer-offline'];

/** As in a host's folder: nothing of the npm that runs this. */
export const hostEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm|otel)_/i.test(name)),
);

export function run(
  program: string,
  args: readonly string[],
  cwd: string,
  extra: Readonly<Record<string, string>> = {},
): string {
  return execFileSync(program, args, {
    cwd,
    env: { ...hostEnv, ...extra },
    timeout: LONGEST_MILLIS,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Packs the built package into a folder; the path of the tarball. The demo leaves a dist with its page alone. */
export function packedInto(folder: string): string {
  if (!existsSync(join(ROOT, 'dist/cli/main.js'))) run('npm', ['run', '-s', 'build'], ROOT);
  const packing = ['pack', '--json', '--pack-destination', folder, '--ignore-scripts'];
  const [{ filename }] = JSON.parse(run('npm', packing, ROOT)) as [{ filename: string }];
  return join(folder, filename);
}

/** Copies a host of this folder, with what its lock file says and the tarball installed. */
export function installHost(name: string, folder: string, tarball: string): void {
  cpSync(join(import.meta.dirname, name), folder, { recursive: true });
  run('npm', ['ci', '--ignore-scripts', ...QUIET], folder);
  run('npm', ['install', '--no-save', '--ignore-scripts', ...QUIET, tarball], folder);
}

export const nodeBinary = (): string => packageBinary(NODE);

/** A program of a package such as node@24.21.0, which stays in .cache. Its install script may bring the program. */
export function packageBinary(wanted: string, name = wanted.replace(/@.*/, '')): string {
  const folder = join(ROOT, '.cache', wanted.replace('/', '+'));
  const binary = join(folder, 'node_modules/.bin', name);
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  run('npm', ['install', wanted, ...QUIET], folder);
  return binary;
}
