// npm run test:e2e [-- --report] [-- flags and patterns of jest]
// Builds what is missing of the native stack (minutes, once), runs the end-to-end suites against it, and shows what they
// saw. --report writes that to docs/end-to-end.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { nativeBinaries } from '../../tools/native-stack/native-binaries.js';
import { NativeStackError } from '../../tools/native-stack/programs.js';
import { OBSERVATIONS, type Observation } from './support/observed.js';
import { reportPage, reportText } from './support/report.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REPORT = '--report';

async function main(args: readonly string[]): Promise<number> {
  await nativeBinaries();
  const folder = mkdtempSync(join(tmpdir(), 'agent-os-e2e-'));
  const file = join(folder, 'observations.jsonl');
  writeFileSync(file, '');
  try {
    const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
    const flags = args.filter((flag) => flag !== REPORT);
    const { status } = spawnSync(process.execPath, [jest, '-c', 'jest.e2e.config.cjs', ...flags], {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, [OBSERVATIONS]: file },
    });
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    const observations = lines
      .map((line) => JSON.parse(line) as Observation)
      .sort((a, b) => a.part.localeCompare(b.part));
    console.log(`\n${reportText(observations)}`);
    // Of the whole suite, otherwise rows would be missing.
    if (status === 0 && args.includes(REPORT) && flags.length === 0) await writePage(observations);
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function writePage(observations: readonly Observation[]): Promise<void> {
  const filepath = join(ROOT, 'docs/end-to-end.md');
  const options = { ...(await resolveConfig(filepath)), filepath };
  writeFileSync(filepath, await format(reportPage(observations), options));
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof NativeStackError ? error.message : error);
    process.exitCode = 1;
  },
);
