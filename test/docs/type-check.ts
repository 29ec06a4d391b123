import ts from 'typescript';
import type { SnippetModule } from './snippet-modules.js';

/** What the compiler has against the modules, at the lines of the documents they come from. */
export function typeErrors(modules: readonly SnippetModule[], tsconfig: string): string[] {
  const { config } = ts.readConfigFile(tsconfig, (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '/', undefined, tsconfig);
  const program = ts.createProgram(
    modules.map(({ path }) => path),
    options,
  );
  return modules.flatMap((module) => {
    const source = program.getSourceFile(module.path);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      (diagnostic) => described(module, diagnostic),
    );
  });
}

function described(
  { snippet, headerLines }: SnippetModule,
  { file, start, messageText }: ts.Diagnostic,
): string {
  const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0;
  const message = ts.flattenDiagnosticMessageText(messageText, '\n');
  return `${snippet.file}:${snippet.line + line - headerLines} ${message}`;
}
