import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { documentAt, PACKAGE, ROOT } from './documents.js';
import { bundled } from '../support/bundle.js';
import type { Snippet } from './snippets.js';

/** A snippet as a module of its own. */
export interface SnippetModule {
  readonly snippet: Snippet;
  readonly path: string;
  /** Lines before the snippet's own. */
  readonly headerLines: number;
}

/**
 * Writes files that import the package by its name, from its sources, in a folder of their own. The folder is within
 * the repository, so that its packages are found.
 */
export class SnippetFolder {
  readonly path: string;
  readonly tsconfig: string;
  private count = 1;
  private builds = 1;

  constructor() {
    mkdirSync(join(ROOT, '.cache'), { recursive: true });
    this.path = mkdtempSync(join(ROOT, '.cache', 'docs-'));
    this.tsconfig = join(this.path, 'tsconfig.json');
    const compilerOptions = { paths: sourcePaths() };
    writeFileSync(this.tsconfig, JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), compilerOptions }));
  }

  add(snippet: Snippet): SnippetModule {
    const header = `import '../../test/docs/prelude.js';${importsFor(snippet)}\n`;
    const path = join(this.path, `${this.count++}-${snippet.file.replace(/\W/g, '-')}-${snippet.line}.ts`);
    writeFileSync(path, `${header}${snippet.code}\nexport {};\n`);
    return { snippet, path, headerLines: 1 };
  }

  /** Makes programs of the files, which Node runs without a compiler; gives their paths. */
  async build(paths: readonly string[]): Promise<string[]> {
    return bundled(paths, join(this.path, `build-${this.builds++}`), this.tsconfig);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** What each entry of package.json's `exports` is built from. */
function sourcePaths(): Record<string, string[]> {
  const paths: Record<string, string[]> = {};
  for (const [entry, target] of Object.entries(PACKAGE.exports)) {
    if (typeof target === 'string') continue;
    const source = target.types.replace(/^\.\/dist\/cjs\//, 'src/').replace(/\.d\.ts$/, '.ts');
    paths[join(PACKAGE.name, entry)] = [join(ROOT, source)];
  }
  return paths;
}

/** Imports of what the code names and need not import; of two sources of a name the first is taken. */
function importsFor({ code, importsFrom }: Snippet): string {
  const taken = new Set<string>();
  return importsFrom
    .filter((source) => existsSync(join(ROOT, source)))
    .map((source) => {
      const names = exportedNames(source).filter(
        (name) => !taken.has(name) && new RegExp(`\\b${name}\\b`).test(code),
      );
      for (const name of names) taken.add(name);
      return names.length === 0
        ? ''
        : ` import { ${names.join(', ')} } from '../../${source.replace(/ts$/, 'js')}';`;
    })
    .join('');
}

function exportedNames(file: string): string[] {
  const source = ts.createSourceFile(file, documentAt(file).text, ts.ScriptTarget.ES2022);
  return source.statements.flatMap((statement) => {
    if (
      ts.isExportDeclaration(statement) &&
      statement.exportClause &&
      ts.isNamedExports(statement.exportClause)
    ) {
      return statement.isTypeOnly
        ? []
        : statement.exportClause.elements.filter((one) => !one.isTypeOnly).map(nameOf);
    }
    const exported =
      (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.modifiers;
    return exported && exported.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      ? [nameOf(statement)]
      : [];
  });
}

function nameOf(declaration: ts.NamedDeclaration): string {
  return (declaration.name as ts.Identifier).text;
}
