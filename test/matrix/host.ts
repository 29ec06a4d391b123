import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from 'esbuild';
import { packageBinary, QUIET, run } from '../foreign/packed.js';
import type { Row } from './rows.js';

const PROGRAM = readFileSync(join(import.meta.dirname, 'program.mts'), 'utf8');
const FILES = {
  'program.mts': PROGRAM,
  'program.mjs': compiled('esm'),
  'program.cjs': compiled('cjs'),
};
const NO_TELEMETRY = { NEXT_TELEMETRY_DISABLED: '1', YARN_ENABLE_TELEMETRY: '0', CI: 'true' };

/** A folder that has what a row wants, built and ready to run. */
export interface Host {
  readonly folder: string;
  /** What each program is run by. */
  readonly command: readonly string[];
}

function compiled(format: 'esm' | 'cjs'): string {
  return transformSync(PROGRAM, { loader: 'ts', format, target: 'node20' }).code;
}

export function madeHost(row: Row, folder: string, tarball: string): Host {
  const [first = '', ...rest] = row.packages;
  const byFirst = row.runtimeArgs !== undefined || row.manager !== undefined;
  put(folder, {
    ...FILES,
    ...row.files,
    'package.json': packageJson(byFirst ? rest : row.packages, tarball),
  });
  const command = installed(row, first, folder);
  for (const [name = '', ...args] of row.build ?? [])
    run(join(folder, 'node_modules/.bin', name), args, folder, NO_TELEMETRY);
  if (row.bundled) renameSync(join(folder, 'node_modules'), join(folder, 'not-found'));
  return { folder, command };
}

/** Installs what package.json names, and gives what a program is run by. */
function installed(row: Row, first: string, folder: string): string[] {
  if (row.manager === 'pnpm') {
    const settings = ['--config.hoist=false', '--config.strict-peer-dependencies=true', '--ignore-scripts'];
    run(packageBinary(first), ['install', '--no-frozen-lockfile', ...settings], folder, NO_TELEMETRY);
    return [process.execPath];
  }
  if (row.manager === 'yarn') {
    // Its own file, or it takes the folder for a part of a project above.
    put(folder, { 'yarn.lock': '', '.yarnrc.yml': 'nodeLinker: pnp\nenableScripts: false\n' });
    const yarn = packageBinary(first, 'yarn');
    run(yarn, ['install', '--no-immutable'], folder, NO_TELEMETRY);
    return [yarn, 'node'];
  }
  run('npm', ['install', '--ignore-scripts', ...QUIET], folder);
  return row.runtimeArgs ? [packageBinary(first), ...row.runtimeArgs] : [process.execPath];
}

function packageJson(packages: readonly string[], tarball: string): string {
  const dependencies = Object.fromEntries(
    packages.map((wanted) => [
      wanted.slice(0, wanted.lastIndexOf('@')),
      wanted.slice(wanted.lastIndexOf('@') + 1),
    ]),
  );
  return JSON.stringify({
    name: 'host',
    version: '1.0.0',
    private: true,
    dependencies: { ...dependencies, 'agent-os-observability': `file:${tarball}` },
  });
}

function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
