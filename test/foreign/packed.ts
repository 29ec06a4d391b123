import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const NODE = 'node@24.21.0';
/** Of one command. */
const LONGEST_MILLIS = 120_000;
const QUIET = ['--no-audit', '--no-fund', '--prefer-offline'];

/** As in a host's folder: nothing of the npm that runs this. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|otel)_/i.test(name)));

export function run(program: string, args: readonly string[], cwd: string): string {
  return execFileSync(program, args, {
    cwd,
    env,
    timeout: LONGEST_MILLIS,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Packs the built package into a folder; the path of the tarball. */
export function packedInto(folder: string): string {
  if (!existsSync(join(ROOT, 'dist'))) run('npm', ['run', '-s', 'build'], ROOT);
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

/** The only package here whose install script runs: it brings the binary. */
export function nodeBinary(): string {
  const folder = join(ROOT, '.cache', NODE);
  const binary = join(folder, 'node_modules/.bin/node');
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  run('npm', ['install', NODE, ...QUIET], folder);
  return binary;
}
