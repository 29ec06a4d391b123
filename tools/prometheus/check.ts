// npm run rules:check
// Asks promtool whether the rules are valid, and whether each alert fires, and stays quiet, where prometheus/tests says so.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkTool, report, run } from '../stack/binaries.js';

const ROOT = fileURLToPath(new URL('../../prometheus', import.meta.url));

const filesOf = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => join(ROOT, folder, name));

report(() => {
  const promtool = checkTool('promtool');
  const [rules, tests] = [filesOf('rules'), filesOf('tests')];
  run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', ...rules]);
  for (const test of tests) run(promtool, ['test', 'rules', test]); // each has its time limit
  return [
    `prometheus/rules: ${rules.length} files, valid`,
    `prometheus/tests: ${tests.length} files, all as they say`,
  ];
});
