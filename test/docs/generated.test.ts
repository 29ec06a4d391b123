import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { optionDeclarations, type OptionDeclaration } from '../../tools/docs/option-declarations.js';
import { GENERATED, table } from '../../tools/docs/markdown.js';
import { generatedPages } from '../../tools/docs/pages.js';
import { differences } from '../../tools/differences.js';
import { isSection, OPTION_ROWS } from '../../src/options/option-table.js';
import { METRICS, SPANS } from '../../src/semconv/index.js';
import { runChild } from '../support/child.js';
import { documentAt, ROOT } from './documents.js';

describe('generated documents', () => {
  it('are what a regeneration would write', async () => {
    const child = runChild(join(ROOT, 'tools/docs/generate.ts'), { args: ['--check'] });
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(child.stderr).toBe('');
  });

  it('say first who made them', () => {
    for (const { path } of generatedPages()) expect(documentAt(path).text.startsWith(GENERATED)).toBe(true);
  });

  it('keep a bar inside a cell', () => {
    expect(table(['A'], [["`'x' | 'y'`"]])).toBe("| A |\n| --- |\n| `'x' \\| 'y'` |");
  });
});

test('generated files are named when they are missing or differ, and when nothing generates them any more', () => {
  const root = mkdtempSync(join(tmpdir(), 'generated-'));
  try {
    const put = (path: string, text: string) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
      return { path, text };
    };
    const same = put('a/same', '# mark\n1');
    put('a/changed', '# mark\n1');
    put('a/below/left', '# mark\n');
    put('a/by-hand', '1');
    put('elsewhere/left', '# mark\n');
    const changed = { path: 'a/changed', text: '# mark\n2' };
    const missing = { path: 'b/missing', text: '# mark\n' };
    expect(differences([same, changed, missing], { folders: ['a'], begins: '# mark\n' }, root)).toEqual({
      stale: [changed, missing],
      orphaned: ['a/below/left'],
    });
  } finally {
    rmSync(root, { recursive: true });
  }
});

describe('docs/metrics.md', () => {
  it.each([...Object.keys(METRICS), ...Object.keys(SPANS)])('describes %s', (name) => {
    expect(documentAt('docs/metrics.md').text).toContain(`\n### \`${name}\`\n`);
  });
});

/** Whether it is inside of an object that is one option. */
const isPart = (path: string): boolean =>
  OPTION_ROWS.some(([option]) => path.startsWith(`${option}.`) && !isSection(option));

describe('docs/options.md', () => {
  const declared = new Map(flat('', optionDeclarations(join(ROOT, 'src/options/options.ts'))));

  it('has the options of every section', () => {
    for (const path of ['serviceName', 'prometheus.port', 'otlp.headers', 'metrics.cardinalityLimits.id']) {
      expect(declared.has(path)).toBe(true);
      expect(documentAt('docs/options.md').text).toContain(`| \`${path}\``);
    }
  });

  it('has a row in the table for every option that is declared, and no other', () => {
    const whole = [...declared.keys()].filter((path) => !isPart(path));
    expect(whole.sort()).toEqual(OPTION_ROWS.map(([path]) => path).sort());
  });

  it.each(OPTION_ROWS)('says what the validation accepts for %s', (path, { check }) => {
    const line = documentAt('docs/options.md')
      .text.split('\n')
      .find((row) => new RegExp(`^\\| \\[?\`${path.replaceAll('.', '\\.')}\``).test(row));
    expect(line).toContain(`| ${check.accepts} `);
  });

  const defaults = OPTION_ROWS.flatMap(([path, row]) =>
    'default' in row ? [[path, row.default] as const] : [],
  );
  it.each(defaults)('gives the default of %s as the code has it: %p', (path, value) => {
    const text = declared.get(path)?.defaultValue?.replaceAll('`', '').replace(/,.*/, '');
    expect(text).toBe(String(value));
  });
});

function flat(prefix: string, options: readonly OptionDeclaration[]): [string, OptionDeclaration][] {
  return options.flatMap((option) => [
    [prefix + option.name, option],
    ...flat(`${prefix}${option.name}.`, option.section ?? []),
  ]);
}
