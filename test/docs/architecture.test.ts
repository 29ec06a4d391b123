import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../support/child.js';

const ROOT = join(__dirname, '../..');
const page = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');

/** The part of the page under a heading. */
function section(title: string): string {
  const [, after = ''] = page.split(`\n## ${title}\n`);
  return after.split('\n## ', 1)[0] as string;
}

/** Files that a part of the page names, as `src/…`. */
function filesNamedIn(text: string): string[] {
  return [...text.matchAll(/`src\/([\w/-]+\.ts)`/g)].map(([, file]) => file as string);
}

let executed: Record<string, string[]>;
beforeAll(async () => {
  const child = runChild(join(ROOT, 'tools/architecture/files-executed.ts'), {
    args: ['--json'],
    timeoutMs: 60_000,
  });
  await child.exited;
  executed = JSON.parse(child.stdout) as typeof executed;
}, 60_000);

test.each([
  ['A measurement', 'measurement'],
  ['A scrape', 'scrape'],
  ['A span', 'span'],
])('%s leads through files that it really executes', (title, journey) => {
  const named = filesNamedIn(section(title));
  expect(named.length).toBeGreaterThan(4);
  expect(named.filter((file) => !executed[journey]?.includes(file))).toEqual([]);
});

test('every file that the architecture page names exists', () => {
  const paths = [...page.matchAll(/`((?:src|tools|test|prometheus|grafana)\/[\w./-]+\.\w+)`/g)].map(
    ([, path]) => path as string,
  );
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('the picture of the modules shows what each may import', () => {
  const modules = JSON.parse(readFileSync(join(ROOT, 'tools/modules.json'), 'utf8')) as Record<
    string,
    string[]
  >;
  const shown = [...page.matchAll(/^ {2}([\w/-]+) --> ([\w/-]+)$/gm)].map(
    ([, from, to]) => `${from} --> ${to}`,
  );
  expect(shown).toEqual(directImports(modules));
});

/** Imports that do not follow from others: of a → b → c, a → c is left out. */
function directImports(modules: Record<string, string[]>): string[] {
  const reach = (name: string): Set<string> =>
    new Set((modules[name] ?? []).flatMap((other) => [other, ...reach(other)]));
  return Object.entries(modules).flatMap(([name, allowed]) =>
    allowed
      .filter(
        (other) =>
          other !== '(top)' && !allowed.some((between) => between !== other && reach(between).has(other)),
      )
      .map((other) => `${name} --> ${other}`),
  );
}
