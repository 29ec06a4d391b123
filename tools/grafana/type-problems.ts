import { resolve } from 'node:path';
import ts from 'typescript';

/**
 * What TypeScript says of each text as a literal of DashboardJson, text by text: keys that the schema has not, values that it does not
 * allow, and what it requires and is not there. Of JSON Schemas, Grafana publishes none by a package registry.
 */
export function typeProblems(texts: readonly string[]): string[][] {
  const sources = new Map(
    texts.map((text, index) => [
      resolve(`tools/grafana/literal-${index}.ts`),
      `import type { DashboardJson } from './dashboard-type.js';\nexport const dashboard: DashboardJson = ${text};\n`,
    ]),
  );
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const disk = { ...host };
  host.fileExists = (path) => sources.has(path) || disk.fileExists(path);
  host.readFile = (path) => sources.get(path) ?? disk.readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = sources.get(path);
    return text === undefined
      ? disk.getSourceFile(path, version, ...rest)
      : ts.createSourceFile(path, text, version);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources.keys()].map((path) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  );
}
