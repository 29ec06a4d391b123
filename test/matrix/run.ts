// Installs the packed package into a host of each row, runs the program of this folder there, and writes
// docs/compatibility.md: npm run matrix [-- --core] [--ci] [NAME…]. Needs `npm run build` before, and a registry.
//   --core  the core tests under each Node.js too
//   --ci    the rows of .ci/run; the page is left as it is
//   NAME    the rows whose names begin so
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatted } from '../../tools/generated-files.js';
import { packedInto, ROOT } from '../foreign/packed.js';
import { coreTests } from './core-tests.js';
import { madeHost } from './host.js';
import { checksOf, outcomeOf } from './outcome.js';
import { compatibilityPage, foundIn, PAGE, type Found } from './page.js';
import { releaseOf, ROWS, type Row } from './rows.js';

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { core: { type: 'boolean', default: false }, ci: { type: 'boolean', default: false } },
});
const asked = ROWS.filter(
  ({ name, ci }) =>
    (!values.ci || ci) &&
    (names.length === 0 || names.some((begin) => name.toLowerCase().startsWith(begin.toLowerCase()))),
);
if (asked.length === 0) throw new Error(`no row is named ${names.join(' or ')}`);

const scratch = mkdtempSync(join(tmpdir(), 'matrix-'));
const page = join(ROOT, PAGE);
const found = foundIn(readFileSync(page, 'utf8'));

async function foundOf(row: Row, tarball: string): Promise<Found> {
  const checks = checksOf(row);
  let works: ReadonlySet<string> = new Set();
  try {
    const folder = mkdtempSync(join(scratch, 'host-'));
    const outcome = await outcomeOf(row, madeHost(row, folder, tarball));
    works = outcome.works;
    if (works.size < checks.length) console.log(outcome.output.slice(-4000));
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    console.log(stdout || stderr ? (stdout + stderr).slice(-4000) : String(error));
  }
  return Object.fromEntries(checks.map((check) => [check, works.has(check) ? 'ok' : 'failed']));
}

function coreOf(row: Row): Found {
  const [wanted = ''] = row.packages;
  if (!values.core || !wanted.startsWith('node@')) return {};
  const { cell, output } = coreTests(wanted);
  if (output) console.log(output.slice(-8000));
  return { 'core tests': cell };
}

try {
  const tarball = packedInto(scratch);
  for (const row of asked) {
    const start = performance.now();
    const result = { ...(await foundOf(row, tarball)), ...coreOf(row) };
    const failed = Object.entries(result).flatMap(([check, cell]) => (cell === 'ok' ? [] : [check]));
    const seconds = Math.round((performance.now() - start) / 1000);
    const said = `${row.name} ${releaseOf(row)}, ${seconds} s`;
    console.log(failed.length === 0 ? `ok      ${said}` : `FAILED  ${said}: ${failed.join(', ')}`);
    if (failed.length > 0) process.exitCode = 1;
    found.set(row.name, { ...found.get(row.name), ...result });
    if (!values.ci)
      writeFileSync(page, (await formatted({ path: PAGE, text: compatibilityPage(found) })).text);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
