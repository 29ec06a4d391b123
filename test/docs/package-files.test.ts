import { execFileSync } from 'node:child_process';
import { posix } from 'node:path';
import { documentAt, ROOT } from './documents.js';
import { packedDocument } from '../../tools/package/packed-document.js';
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
  const targets = relativeLinks(packedDocument(documentAt('README.md').text, { version: '1.2.3' }))
    .map((link) => link.replace(/#.*$/, ''))
    .filter((path) => path !== '');
  expect(targets.length).toBeGreaterThan(10);
  expect(
    targets.filter((target) => !packed.some((path) => path === target || path.startsWith(`${target}/`))),
  ).toEqual([]);
});

const PICTURES = /!\[[^\]]*\]\(([^)]+)\)/g;
const picturesOf = (markdown: string) => [...markdown.matchAll(PICTURES)].map(([, target = '']) => target);

test('pictures of documents are not in the package, and no packed document shows one that is not there', () => {
  expect(packed.filter((path) => /^docs\/.*\.(svg|png)$/.test(path))).toEqual([]);
  const shown = packed
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) =>
      picturesOf(packedDocument(documentAt(path).text, { version: '1.2.3' })).map((target) =>
        posix.join(posix.dirname(path), target),
      ),
    );
  expect(shown.filter((path) => !packed.includes(path))).toEqual([]);
});

test.each(['git+https://host.test/o/r.git', { url: 'https://host.test/o/r' }])(
  'packed documents show pictures of the repository that is named: %p',
  (repository) => {
    const text = documentAt('README.md').text;
    const shown = picturesOf(packedDocument(text, { version: '1.2.3', repository }));
    expect(shown).toEqual(picturesOf(text).map((path) => `https://host.test/o/r/raw/v1.2.3/${path}`));
    expect(shown).toHaveLength(3);
  },
);

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

test('the library itself, without an entry point for each framework, has fewer than 80 files', () => {
  const beside = [...OPERATORS, ...DOCUMENTS, 'dist/cli/', 'dist/cjs/frameworks/', 'dist/esm/frameworks/'];
  expect(packed.filter((path) => !beside.some((part) => path.startsWith(part))).length).toBeLessThan(80);
});
