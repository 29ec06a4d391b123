// npm run test:e2e [-- --report] [-- --otel-sdk] [-- flags and patterns of jest]
// Builds what is missing of the native stack (minutes, once), runs the end-to-end suites against it, and shows what they
// saw. --report writes that to docs/end-to-end.md. --otel-sdk has the hosts run the packed package with the official pipeline.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { nativeBinaries } from '../../tools/native-stack/native-binaries.js';
import { NativeStackError } from '../../tools/native-stack/programs.js';
import { installHost, packedInto } from '../foreign/packed.js';
import { PACKED_HOST } from './support/kernel-host.js';
import { OBSERVATIONS, type Observation } from './support/observed.js';
import { reportPage, reportText } from './support/report.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REPORT = '--report';
const OTEL_SDK = '--otel-sdk';
/** Suites whose hosts the official pipeline can be. */
const OF_EITHER_PIPELINE = ['metrics.e2e', 'traces.e2e'];

async function main(args: readonly string[]): Promise<number> {
  await nativeBinaries();
  const folder = mkdtempSync(join(tmpdir(), 'agent-os-e2e-'));
  const file = join(folder, 'observations.jsonl');
  writeFileSync(file, '');
  try {
    const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
    const official = args.includes(OTEL_SDK);
    const flags = args.filter((flag) => flag !== REPORT && flag !== OTEL_SDK);
    const suites = official && flags.length === 0 ? OF_EITHER_PIPELINE : flags;
    const { status } = spawnSync(process.execPath, [jest, '-c', 'jest.e2e.config.cjs', ...suites], {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, [OBSERVATIONS]: file, ...(official && { [PACKED_HOST]: packedHost(folder) }) },
    });
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    const observations = lines
      .map((line) => JSON.parse(line) as Observation)
      .sort((a, b) => a.part.localeCompare(b.part));
    console.log(`\n${reportText(observations)}`);
    // Of the whole suite, otherwise rows would be missing.
    if (status === 0 && args.includes(REPORT) && suites.length === 0) await writePage(observations);
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A host with the packed package and the official packages, and nothing else. */
function packedHost(folder: string): string {
  const host = join(folder, 'host');
  installHost('otel-sdk-2', host, packedInto(folder));
  return host;
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
