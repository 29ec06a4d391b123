// npm run rules:check
// Asks promtool whether the rules are valid, and whether each alert fires, and stays quiet, where prometheus/tests says so:
// those of prometheus/rules, and the portable ones.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkTool, report, run } from '../stack/binaries.js';
import { GENERATED } from './files.js';

const ROOT = fileURLToPath(new URL('../../prometheus', import.meta.url));

const filesOf = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => join(ROOT, folder, name));

/** A test that names the rules of prometheus/rules, in a folder, of the portable ones. */
function ofPortable(test: string, folder: string): string {
  const path = join(folder, basename(test));
  writeFileSync(path, readFileSync(test, 'utf8').replaceAll('../rules/', `${ROOT}/rules-portable/`));
  return path;
}

report(() => {
  const promtool = checkTool('promtool');
  const folder = mkdtempSync(join(tmpdir(), 'agent-os-rules-'));
  try {
    const byHand = filesOf('tests').filter((test) => !readFileSync(test, 'utf8').startsWith(GENERATED));
    const flavours = {
      rules: filesOf('tests'),
      'rules-portable': [...filesOf('tests-portable'), ...byHand.map((test) => ofPortable(test, folder))],
    };
    return Object.entries(flavours).flatMap(([name, tests]) => {
      const rules = filesOf(name);
      run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', ...rules]);
      for (const test of tests) run(promtool, ['test', 'rules', test]); // each has its time limit
      return [
        `prometheus/${name}: ${rules.length} files, valid; ${tests.length} files of tests, all as they say`,
      ];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
