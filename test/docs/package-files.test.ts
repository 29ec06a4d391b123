import { execFileSync } from 'node:child_process';
import { documentAt, ROOT } from './documents.js';
import { relativeLinks } from './links.js';

const OPERATORS = ['deploy/', 'docker-compose.yml', 'grafana/', 'jaeger/', 'otel-collector/', 'prometheus/'];
const DOCUMENTS = ['docs/', 'examples/'];

const [{ files }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
) as [{ files: { path: string }[] }];
const packed = files.map(({ path }) => path);

test('every file that the README links to is in the package', () => {
  const targets = relativeLinks(documentAt('README.md').text)
    .map((link) => link.replace(/#.*$/, ''))
    .filter((path) => path !== '');
  expect(targets.length).toBeGreaterThan(10);
  expect(
    targets.filter((target) => !packed.some((path) => path === target || path.startsWith(`${target}/`))),
  ).toEqual([]);
});

test.each(OPERATORS)('what operators deploy is in the package: %s', (part) => {
  expect(packed.some((path) => path.startsWith(part))).toBe(true);
});

test('sources, tests of ours and secrets are not in the package', () => {
  const surplus = packed.filter(
    (path) =>
      (path !== 'tools/stack/alert-log.mjs' && /^(src|test|tools|benchmarks)\/|\/src\/|\.env$/.test(path)) ||
      (/secrets\//.test(path) && !path.endsWith('README.md')),
  );
  expect(surplus).toEqual([]);
});

test('the library itself has fewer than 80 files', () => {
  const beside = [...OPERATORS, ...DOCUMENTS];
  expect(packed.filter((path) => !beside.some((part) => path.startsWith(part))).length).toBeLessThan(80);
});
