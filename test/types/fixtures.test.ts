import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';

// A missing, unknown or unbounded label does not compile. In a file under fail/, each comment `@expect-error TEXT`
// says that the next line does not compile, with TEXT in the message (or `TS` and the code); nothing else may fail.

const ROOT = join(__dirname, '../..');
const MARKER = /^\s*\/\/ @expect-error (.+)$/;

function fixtures(kind: 'pass' | 'fail'): string[] {
  const folder = join(__dirname, 'fixtures', kind);
  return readdirSync(folder).map((name) => join(folder, name));
}

function programOf(files: string[]): ts.Program {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: { include: string[] };
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files }, ts.sys, ROOT);
  return ts.createProgram(files, options);
}

interface Fault {
  readonly line: number;
  readonly text: string;
}

function faultsOf(program: ts.Program, file: string): Fault[] {
  const source = program.getSourceFile(file)!;
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return found.map(({ start, code, messageText }) => ({
    line: source.getLineAndCharacterOfPosition(start ?? 0).line + 1,
    text: `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
  }));
}

function expectedOf(program: ts.Program, file: string): Fault[] {
  return program
    .getSourceFile(file)!
    .text.split('\n')
    .flatMap((text, index) => {
      const marker = MARKER.exec(text);
      return marker ? [{ line: index + 2, text: marker[1]! }] : [];
    });
}

const failing = fixtures('fail');
const passing = fixtures('pass');
let program: ts.Program;
beforeAll(() => {
  program = programOf([...failing, ...passing]);
}, 60_000);

test.each(passing.map((file) => [basename(file), file]))('right usage compiles: %s', (_, file) => {
  expect(faultsOf(program, file)).toEqual([]);
  expect(expectedOf(program, file)).toEqual([]);
});

test.each(failing.map((file) => [basename(file), file]))('wrong usage does not compile: %s', (_, file) => {
  const expected = expectedOf(program, file);
  expect(expected).not.toEqual([]);
  expect(disagreement(faultsOf(program, file), expected)).toEqual({ unmet: [], surprising: [] });
});

test('a marker without a fault, one with another text, and a fault without a marker are seen', () => {
  const fault = { line: 4, text: 'TS2322: Type "x" is not assignable' };
  expect(disagreement([fault], [{ line: 4, text: 'TS2322' }])).toEqual({ unmet: [], surprising: [] });
  expect(disagreement([], [fault]).unmet).toEqual([fault]);
  expect(disagreement([fault], [{ line: 4, text: 'TS2345' }]).unmet).toHaveLength(1);
  expect(disagreement([fault], [{ line: 5, text: 'TS2322' }])).toEqual({
    unmet: [{ line: 5, text: 'TS2322' }],
    surprising: [fault],
  });
});

function disagreement(faults: Fault[], expected: Fault[]): { unmet: Fault[]; surprising: Fault[] } {
  return {
    unmet: expected.filter(
      ({ line, text }) => !faults.some((fault) => fault.line === line && fault.text.includes(text)),
    ),
    surprising: faults.filter(({ line }) => !expected.some((one) => one.line === line)),
  };
}
