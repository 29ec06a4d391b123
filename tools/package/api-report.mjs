// Writes the public API of each entry point to docs/api; with `--check`, fails where the committed one differs, and where
// a type is used that its reader cannot name: by the entry point itself, the main one, or the registry's. Needs
// `npm run build` before.
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { readdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';
import { entryPoints } from './entry-points.mjs';

const check = process.argv.includes('--check');
const root = resolve(import.meta.dirname, '../..');
const configuration = ExtractorConfig.loadFile(resolve(root, 'api-extractor.json'));
const reports = entryPoints().map(({ subpath, module }) => ({
  module,
  file: `${subpath === '.' ? 'index' : subpath.slice(2).replaceAll('/', '-')}.api.md`,
}));

const declarationsOf = (module) => resolve(root, `dist/cjs/${module}.d.ts`);
/**
 * What the main entry point and the registry's export: classes that every other entry point is used with, declared once
 * for all of them. Who has the package can name these.
 */
const nameable = (() => {
  const files = ['index', 'semconv/index'].map(declarationsOf);
  const program = ts.createProgram(files, { module: ts.ModuleKind.Node16, noLib: true, types: [] });
  const checker = program.getTypeChecker();
  const modules = files.map((file) => checker.getSymbolAtLocation(program.getSourceFile(file)));
  return new Set(modules.flatMap((module) => checker.getExportsOfModule(module).map(({ name }) => name)));
})();

let failed = false;
for (const { module, file } of reports) {
  const { succeeded } = Extractor.invoke(
    ExtractorConfig.prepare({
      configObjectFullPath: resolve(root, 'api-extractor.json'),
      packageJsonFullPath: resolve(root, 'package.json'),
      configObject: {
        ...configuration,
        mainEntryPointFilePath: declarationsOf(module),
        apiReport: { ...configuration.apiReport, reportFileName: file },
      },
    }),
    {
      localBuild: !check,
      messageCallback(message) {
        const [, symbol] = /The symbol "(\w+)"/.exec(message.text) ?? [];
        if (message.messageId === 'ae-forgotten-export' && nameable.has(symbol)) message.logLevel = 'none';
      },
    },
  );
  console.log(`${succeeded ? 'ok    ' : 'FAILED'}  ${file}`);
  failed ||= !succeeded;
}

const known = new Set(reports.map(({ file }) => file));
for (const file of readdirSync(resolve(root, 'docs/api'))) {
  if (known.has(file)) continue;
  if (!check) rmSync(resolve(root, 'docs/api', file));
  console.log(`${check ? 'FAILED' : 'gone  '}  ${file}: no entry point has this name`);
  failed ||= check;
}
process.exitCode = failed ? 1 : 0;
