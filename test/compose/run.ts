// npm run test:compose [-- --where-possible] [-- flags of jest]
// Brings docker-compose.yml up on a Docker engine of its own, with images that are made here: no registry of images is
// asked, and no other engine is touched. Needs root and Debian's docker.io and busybox-static, and builds the native stack
// where it is missing. --where-possible: who cannot run an engine says why, and that is no failure.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { binaryPath } from '../../tools/native-stack/cache.js';
import { buildPrograms, nativeBinaries } from '../../tools/native-stack/native-binaries.js';
import { NativeStackError, programsNamed } from '../../tools/native-stack/programs.js';
import { OBSERVATIONS, type Observation } from '../e2e/support/observed.js';
import { reportText } from '../e2e/support/report.js';
import { nodeBinary } from '../foreign/packed.js';
import { NAMESPACES, NOT_RUN, PATH, whatIsMissing } from './support/prerequisites.js';
import { SESSION, type Session } from './support/session.js';

const WHERE_POSSIBLE = '--where-possible';
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const ENGINE = fileURLToPath(new URL('children/engine.ts', import.meta.url));
const CGROUPS = '/sys/fs/cgroup';

async function main(args: readonly string[]): Promise<number> {
  const flags = args.filter((flag) => flag !== WHERE_POSSIBLE);
  const notRun = (why: readonly string[]): number => {
    console.error(
      `docker-compose.yml was NOT RUN, on this machine no Docker engine can:\n  ${why.join('\n  ')}`,
    );
    return args.includes(WHERE_POSSIBLE) ? 0 : 1;
  };
  const missing = whatIsMissing();
  if (missing.length > 0) return notRun(missing);

  const binaries = await nativeBinaries();
  await buildPrograms(programsNamed(['compose']));
  const folder = mkdtempSync(join(tmpdir(), 'agent-os-compose-'));
  const observations = join(folder, 'observations.jsonl');
  writeFileSync(observations, '');
  const session: Session = {
    folder,
    socket: join(folder, 'engine/docker.sock'),
    compose: binaryPath('docker-compose'),
    sources: { binaries, node: nodeBinary() },
  };
  try {
    const { status } = spawnSync(
      'unshare',
      [...NAMESPACES, process.execPath, '--import', LOADER, ENGINE, ...flags],
      {
        stdio: 'inherit',
        env: {
          ...process.env,
          PATH,
          COMPOSE_CGROUP: String(process.pid),
          [SESSION]: JSON.stringify(session),
          [OBSERVATIONS]: observations,
        },
      },
    );
    if (status === NOT_RUN) return notRun(['the engine says why above']);
    const lines = readFileSync(observations, 'utf8').split('\n').filter(Boolean);
    console.log(`\n${reportText(lines.map((line) => JSON.parse(line) as Observation))}`);
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    removeCgroups(`agent-os-compose-${process.pid}`);
  }
}

/** The engine leaves the folder that its containers' were in. */
function removeCgroups(name: string): void {
  for (const base of [CGROUPS, ...readdirSync(CGROUPS).map((one) => join(CGROUPS, one))]) {
    try {
      for (const { name: child } of readdirSync(join(base, name), { withFileTypes: true }).filter((one) =>
        one.isDirectory(),
      ))
        rmdirSync(join(base, name, child));
      rmdirSync(join(base, name));
    } catch {
      // It is not there, or somebody is still in it: an empty group costs nothing.
    }
  }
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof NativeStackError ? error.message : error);
    process.exitCode = 1;
  },
);
