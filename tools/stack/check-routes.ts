// tsx tools/stack/check-routes.ts
// Asks amtool whether Alertmanager's configurations are valid, and whether each alert of tests/routes.yaml reaches those
// who must be told, and nobody else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { checkTool, CheckError, report, run } from './binaries.js';

const FOLDER = fileURLToPath(new URL('../../prometheus/alertmanager', import.meta.url));
const CONFIGS = ['alertmanager.yml', 'local.yml'];

interface RouteTest {
  readonly labels: Readonly<Record<string, string>>;
  readonly receivers: readonly string[];
}

report(() => {
  const amtool = checkTool('amtool');
  const tests = parse(readFileSync(join(FOLDER, 'tests/routes.yaml'), 'utf8')) as RouteTest[];
  return CONFIGS.map((name) => {
    const file = join(FOLDER, name);
    run(amtool, ['check-config', file]);
    const wrong = tests.flatMap((test) => wrongReceivers(amtool, file, test));
    if (wrong.length > 0) throw new CheckError([`${name}:`, ...wrong].join('\n  '));
    return `prometheus/alertmanager/${name}: valid, and ${tests.length} alerts reach whom they must`;
  });
});

function wrongReceivers(amtool: string, file: string, { labels, receivers }: RouteTest): string[] {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  const told = run(amtool, ['config', 'routes', 'test', `--config.file=${file}`, ...pairs]).trim();
  const expected = receivers.join(',');
  return told === expected ? [] : [`{${pairs.join(', ')}} reaches ${told}, not ${expected}`];
}
