// Builds the program of storage/ once with the modules that the native stack pins, and has it write a plan.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GO, goEnvironment } from '../../tools/native-stack/go.js';
import { programFolder } from '../../tools/native-stack/paths.js';
import type { planOf } from './plan.js';

const SOURCES = fileURLToPath(new URL('storage', import.meta.url));

interface Amount {
  readonly series: number;
  readonly samples: number;
}

export interface Written {
  readonly raw: Amount;
  readonly recorded: Amount;
}

/** The program, in that folder. @throws Error with what Go says */
export function buildWriter(folder: string): string {
  const program = join(folder, 'blocks');
  const sources = readdirSync(SOURCES).map((file) => join(SOURCES, file));
  const { status, stderr } = spawnSync(GO, ['build', '-o', program, ...sources], {
    cwd: programFolder({ folder: 'prometheus' }),
    env: goEnvironment(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`benchmarks/fleet/storage did not build:\n${stderr}`);
  return program;
}

/** @throws Error when it fails; what it says on the way goes to `say` */
export async function writeStorage(
  program: string,
  plan: ReturnType<typeof planOf>,
  say: (line: string) => void = () => {},
): Promise<Written> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'pipe'] });
  const killWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithParent);
  let [printed, said] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    said = chunk.toString().trimEnd();
    say(said.split('\n').at(-1)!);
  });
  child.stdin.end(JSON.stringify(plan));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  process.off('exit', killWithParent);
  if (code !== 0) throw new Error(`writing the storage ended with ${code}: ${said}`);
  return JSON.parse(printed) as Written;
}
