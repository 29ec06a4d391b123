import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '../../src/cli/command.js';
import { run } from '../../src/cli/program.js';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Calls the program as a shell would, in this process. */
export async function cli(args: readonly string[], changes: Partial<Io> = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    colour: false,
    env: {},
    cwd: tmpdir(),
    ...changes,
  };
  const code = await run(args, io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** A folder for each test, gone after it. */
export function folderOfEachTest(): () => string {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'agent-os-cli-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}
