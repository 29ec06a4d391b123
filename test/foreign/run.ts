// Installs the packed package into each host of this folder that has an OpenTelemetry of its own, and runs the host by
// Node.js 24, which SDK 3 needs: npm run test:foreign [-- NAME…]. Needs `npm run build` before, and a registry.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const HOSTS = ['sdk-3', 'otel-sdk-2', 'otel-sdk-3', 'langfuse'];
const NODE = 'node@24.21.0';
/** Of one command. */
const LONGEST_MILLIS = 120_000;
const QUIET = ['--no-audit', '--no-fund', '--prefer-offline'];

const scratch = mkdtempSync(join(tmpdir(), 'foreign-'));
/** As in a host's folder: nothing of the npm that runs this. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|otel)_/i.test(name)));
const run = (program: string, args: readonly string[], cwd: string): string =>
  execFileSync(program, args, {
    cwd,
    env,
    timeout: LONGEST_MILLIS,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** The only package here whose install script runs: it brings the binary. */
function nodeBinary(): string {
  const folder = join(ROOT, '.cache', NODE);
  const binary = join(folder, 'node_modules/.bin/node');
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  run('npm', ['install', NODE, ...QUIET], folder);
  return binary;
}

function tarball(): string {
  if (!existsSync(join(ROOT, 'dist'))) run('npm', ['run', '-s', 'build'], ROOT);
  const packing = ['pack', '--json', '--pack-destination', scratch, '--ignore-scripts'];
  const [{ filename }] = JSON.parse(run('npm', packing, ROOT)) as [{ filename: string }];
  return join(scratch, filename);
}

function runHost(name: string, node: string, packed: string): void {
  const folder = join(scratch, name);
  cpSync(join(import.meta.dirname, name), folder, { recursive: true });
  if (!existsSync(join(folder, 'host.mjs')))
    cpSync(join(import.meta.dirname, 'otel-sdk.mjs'), join(folder, 'host.mjs'));
  run('npm', ['ci', '--ignore-scripts', ...QUIET], folder);
  run('npm', ['install', '--no-save', '--ignore-scripts', ...QUIET, packed], folder);
  run(node, ['--test', '--test-force-exit', '--test-timeout=30000', 'host.mjs'], folder);
}

const asked = process.argv.slice(2);
try {
  const node = nodeBinary();
  const packed = tarball();
  for (const name of asked.length > 0 ? asked : HOSTS) {
    try {
      runHost(name, node, packed);
      console.log(`ok      ${name}`);
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      console.log(`FAILED  ${name}\n${stdout}${stderr}${stdout || stderr ? '' : String(error)}`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
