// Installs the packed package beside each OpenTelemetry that a host may have, by each package manager, and prints what
// became of it: npx tsx tools/package/install-matrix.ts. Needs `npm run build` before, and a registry. A host whose own
// packages do not fit together without ours is no failure of ours, and is said.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { INSTALL_HOSTS, PACKAGE_MANAGERS, type InstallHost } from './install-hosts.js';

const ROOT = resolve(import.meta.dirname, '../..');
const NAME = 'agent-os-observability';
const scratch = mkdtempSync(join(tmpdir(), 'install-matrix-'));
/** The package managers that are installed for it stay here. */
const MANAGERS = join(ROOT, '.cache/package-managers');
const QUIET = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
/** Beside the API. It was 2 MiB before the live page, the entry points of five frameworks, and the bus. */
const LARGEST_BYTES = 2.25 * 1024 ** 2;
/** Files of operators and for reading, which are no part of the library. */
const BESIDE = /^(deploy|docs|examples|grafana|jaeger|otel-collector|prometheus|tools|docker-compose\.yml)$/;

interface Manager {
  readonly name: string;
  readonly command: readonly string[];
  /** What it prints when the peers of a package do not fit and it goes on. */
  readonly complaint?: RegExp;
}

const managers: readonly Manager[] = [
  { name: 'npm', command: ['npm', 'install', '--package-lock-only', ...QUIET] },
  {
    name: 'npm --strict-peer-deps',
    command: ['npm', 'install', '--package-lock-only', '--strict-peer-deps', ...QUIET],
  },
  {
    name: 'pnpm, strict peers',
    command: [
      ...['node', join(MANAGERS, 'node_modules/pnpm/bin/pnpm.cjs'), 'install', '--lockfile-only'],
      ...['--ignore-scripts', '--prefer-offline', '--config.strict-peer-dependencies=true'],
    ],
  },
  {
    name: 'yarn 1', // it compares no optional peers: that it installs is all there is to see
    command: [
      ...['node', join(MANAGERS, 'node_modules/yarn/bin/yarn.js'), 'install', '--ignore-scripts'],
      ...['--non-interactive', '--ignore-engines', '--prefer-offline', '--no-progress'],
    ],
  },
  {
    name: 'yarn 4',
    command: [
      'node',
      join(MANAGERS, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js'),
      'install',
      '--mode=update-lockfile',
    ],
    complaint: new RegExp(`YN00(02|60).*${NAME}`),
  },
];

interface Run {
  readonly ok: boolean;
  readonly output: string;
}

function run(command: readonly string[], cwd: string): Promise<Run> {
  const [program = '', ...args] = command;
  // As in a host's folder: nothing of the npm that runs this tool.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  Object.assign(env, { CI: 'true', YARN_ENABLE_IMMUTABLE_INSTALLS: 'false', YARN_ENABLE_SCRIPTS: 'false' });
  return new Promise((done) => {
    execFile(program, args, { cwd, env, maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      done({ ok: error === null, output: stdout + stderr }),
    );
  });
}

/** A project that has these packages, and ours where a tarball is given. */
function project(host: InstallHost, tarball: string | undefined): string {
  const folder = mkdtempSync(join(scratch, 'host-'));
  const theirs = Object.entries(host.packages).map(([name, version]) => [`@opentelemetry/${name}`, version]);
  const ours = tarball === undefined ? [] : [[NAME, `file:${tarball}`]];
  const dependencies = Object.fromEntries([...theirs, ...ours]) as Record<string, string>;
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'host', version: '1.0.0', private: true, dependencies }),
  );
  return folder;
}

async function outcome(host: InstallHost, manager: Manager, tarball: string): Promise<string> {
  const refused = ({ ok, output }: Run): boolean => !ok || manager.complaint?.test(output) === true;
  const beside = await run(manager.command, project(host, tarball));
  if (!refused(beside)) return 'ok';
  if (!(await run(manager.command, project(host, undefined))).ok) return 'conflicts by itself';
  console.error(`${host.name}, ${manager.name}:\n${beside.output.slice(-2000)}`);
  return 'FAILED';
}

/** Two at a time: most of an install is waiting. */
async function matrix(tarball: string): Promise<string[][]> {
  const usable = managers.filter(
    ({ command: [, script = ''] }) => !script.startsWith('/') || existsSync(script),
  );
  const rows = INSTALL_HOSTS.map(({ name }) => [name]);
  const waiting = INSTALL_HOSTS.flatMap((host, row) =>
    usable.map((manager, column) => ({ host, manager, row, column })),
  );
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { host, manager, row, column } = next;
      (rows[row] as string[])[column + 1] = await outcome(host, manager, tarball);
    }
  };
  await Promise.all([work(), work()]);
  return [['beside', ...usable.map(({ name }) => name)], ...rows];
}

/** What `npm install` puts into an empty project. */
async function bare(tarball: string): Promise<string[]> {
  const folder = mkdtempSync(join(scratch, 'bare-'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "host", "version": "1.0.0", "private": true }');
  const installed = await run(['npm', 'install', tarball, '@opentelemetry/api', ...QUIET], folder);
  if (!installed.ok) throw new Error(installed.output);
  const list = await run(['npm', 'ls', '--all', '--parseable'], folder);
  const packages = list.output
    .trim()
    .split('\n')
    .slice(1)
    .map((path) => path.replace(/.*node_modules\//, ''));
  console.log((await run(['npm', 'ls', '--all'], folder)).output.trim());
  const library = join(folder, 'node_modules', NAME);
  const parts = readdirSync(library).map((name) => ({ name, bytes: bytesOf(join(library, name)) }));
  const sum = (kept: typeof parts): number => kept.reduce((bytes, part) => bytes + part.bytes, 0);
  const commandLine = bytesOf(join(library, 'dist/cli')); // which no host loads
  const own = sum(parts.filter(({ name }) => !BESIDE.test(name))) - commandLine;
  console.log(
    `library ${shown(own)}, command line ${shown(commandLine)}, with operators' files and documents ${shown(sum(parts))}\n`,
  );
  const wrong = packages.length === 2 ? [] : [`installs ${packages.length} packages: ${packages.join()}`];
  return own <= LARGEST_BYTES ? wrong : [...wrong, `the library is ${shown(own)}`];
}

function bytesOf(path: string): number {
  const about = statSync(path);
  if (!about.isDirectory()) return about.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

const shown = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(2)} MiB`;

async function installManagers(): Promise<void> {
  mkdirSync(MANAGERS, { recursive: true });
  writeFileSync(join(MANAGERS, 'package.json'), '{ "private": true }');
  const wanted = Object.values(PACKAGE_MANAGERS);
  const { ok, output } = await run(['npm', 'install', '--save-exact', ...wanted, ...QUIET], MANAGERS);
  if (!ok) console.error(`pnpm and yarn could not be had, so npm alone is tried:\n${output}`);
}

const problems: string[] = [];
try {
  const packing = ['pack', '--json', '--pack-destination', scratch, '--ignore-scripts'];
  const [{ filename }] = JSON.parse(execFileSync('npm', packing, { cwd: ROOT, encoding: 'utf8' })) as [
    { filename: string },
  ];
  const tarball = join(scratch, filename);
  problems.push(...(await bare(tarball)));
  await installManagers();
  const table = await matrix(tarball);
  for (const row of table)
    console.log(`| ${row.map((cell, column) => cell.padEnd(widthOf(table, column))).join(' | ')} |`);
  problems.push(
    ...table.flatMap(([host, ...cells]) =>
      cells.filter((cell) => cell === 'FAILED').map((cell) => `${host}: ${cell}`),
    ),
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
for (const problem of problems) console.error(`FAILED  ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;

function widthOf(table: readonly (readonly string[])[], column: number): number {
  return Math.max(...table.map((row) => row[column]?.length ?? 0));
}
