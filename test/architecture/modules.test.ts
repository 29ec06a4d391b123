import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../..');
const SRC = join(ROOT, 'src');

/** Files of src, as paths below it. */
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));

interface Import {
  readonly target: string;
  /** Erased by the compiler. */
  readonly typeOnly: boolean;
}

/** Imports and re-exports of our own files. What is loaded by `require` when it is needed is no import. */
function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(join(SRC, file), 'utf8'), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement): Import[] => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const specifier = statement.moduleSpecifier;
    if (specifier === undefined || !ts.isStringLiteral(specifier) || !specifier.text.startsWith('.'))
      return [];
    const target = relative(SRC, join(SRC, dirname(file), specifier.text)).replace(/\.js$/, '.ts');
    return [{ target, typeOnly: isTypeOnly(statement) }];
  });
}

function isTypeOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) {
    const { exportClause } = statement;
    return (
      statement.isTypeOnly ||
      (exportClause !== undefined &&
        ts.isNamedExports(exportClause) &&
        exportClause.elements.every((element) => element.isTypeOnly))
    );
  }
  const clause = statement.importClause;
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const { name, namedBindings } = clause;
  return (
    name === undefined &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.every((element) => element.isTypeOnly)
  );
}

/** The first cycle that a depth-first walk meets, as a path; undefined where there is none. */
function cycleIn(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const walk = (node: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const cycle = walk(next, [...path, node]);
      if (cycle) return cycle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = walk(node, []);
    if (cycle) return cycle;
  }
  return undefined;
}

/** The module of a file: its folder, of the governance adapters two levels; `(top)` for what stands directly in src. */
function moduleOf(file: string): string {
  const parts = file.split('/');
  if (parts.length === 1) return '(top)';
  return parts[0] === 'governance' ? parts.slice(0, 2).join('/') : (parts[0] as string);
}

const modules = JSON.parse(readFileSync(join(ROOT, 'tools/modules.json'), 'utf8')) as Record<
  string,
  readonly string[]
>;

test('no file of src is loaded in a cycle', () => {
  const graph = new Map(
    files.map((file) => [
      file,
      importsOf(file).flatMap(({ target, typeOnly }) => (typeOnly ? [] : [target])),
    ]),
  );
  expect(cycleIn(graph)).toBeUndefined();
});

test('a cycle would be found', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b']],
  ]);
  expect(cycleIn(graph)).toEqual(['b', 'c', 'b']);
});

test('the modules of src form a directed acyclic graph', () => {
  expect(cycleIn(new Map(Object.entries(modules)))).toBeUndefined();
});

test('every module of src has a row, and imports what its row allows, by type too', () => {
  const forbidden = files.flatMap((file) => {
    const from = moduleOf(file);
    if (from === '(top)') return [];
    const allowed = modules[from];
    if (allowed === undefined) return [`${file}: ${from} has no row`];
    return importsOf(file)
      .filter(({ target }) => moduleOf(target) !== from && !allowed.includes(moduleOf(target)))
      .map(({ target }) => `${file} imports ${target}`);
  });
  expect(forbidden).toEqual([]);
});

test('every row is a module, and allows nothing that the module does not import', () => {
  const used = new Map<string, Set<string>>();
  for (const file of files) {
    const row = used.get(moduleOf(file)) ?? new Set();
    used.set(moduleOf(file), row);
    for (const { target } of importsOf(file)) row.add(moduleOf(target));
  }
  const surplus = Object.entries(modules).flatMap(([name, allowed]) =>
    allowed.filter((other) => !used.get(name)?.has(other)).map((other) => `${name} → ${other}`),
  );
  expect(surplus).toEqual([]);
});
