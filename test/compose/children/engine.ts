// Runs in namespaces of its own: starts a Docker engine, sees that it can run a container, runs the suite, and ends the
// engine. Exit code NOT_RUN where there is no engine to be had.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from '../../../tools/stack/native/programs.js';
import { startEngine, type EngineApi } from '../support/engine.js';
import { NOT_RUN, programPath } from '../support/prerequisites.js';
import { session } from '../support/session.js';

const CONFIG = ['-c', 'jest.e2e.config.cjs', '--roots', 'test/compose', '--bail'];

const { folder, socket } = session();

async function main(flags: readonly string[]): Promise<number> {
  // A new network namespace has its loopback down.
  spawnSync(programPath('busybox')!, ['ip', 'link', 'set', 'lo', 'up'], { stdio: 'inherit' });
  let engine: Awaited<ReturnType<typeof startEngine>>;
  try {
    engine = await startEngine(join(socket, '..'), `/agent-os-compose-${process.env.COMPOSE_CGROUP ?? '0'}`);
  } catch (error) {
    console.error((error as Error).message);
    return NOT_RUN;
  }
  try {
    const refusal = await trial(engine.api);
    if (refusal !== undefined) {
      console.error(refusal);
      return NOT_RUN;
    }
    return await suite(flags);
  } finally {
    await engine.stop();
  }
}

/** Why the engine cannot run a container, if so. */
async function trial(engine: EngineApi): Promise<string | undefined> {
  try {
    const root = join(folder, 'trial/bin');
    mkdirSync(root, { recursive: true });
    const tar = spawn('tar', ['-h', '-c', '--transform', 's,.*,bin/true,', programPath('busybox')!], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await engine.importImage('trial:1', [], tar.stdout);
    const code = await engine.run('trial:1', ['/bin/true']);
    return code === 0 ? undefined : `a container of the engine ends with exit code ${code}`;
  } catch (error) {
    return `the engine cannot run a container: ${(error as Error).message}`;
  }
}

function suite(flags: readonly string[]): Promise<number> {
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const child = spawn(process.execPath, [jest, ...CONFIG, ...flags], { cwd: ROOT, stdio: 'inherit' });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
