import { runChild } from '../support/child.js';
import { DOCUMENTS, SOURCES } from './documents.js';
import { SnippetFolder, type SnippetModule } from './snippet-modules.js';
import { snippetsOfMarkdown, snippetsOfSource, snippetsOfTables, type Snippet } from './snippets.js';
import { typeErrors } from './type-check.js';

/** Compiled and not run, with the reason. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'src/http/node.ts': 'listens on the standard port for good',
};
/** No port that another process may have, and nothing sent anywhere. */
const QUIET = { OTEL_EXPORTER_PROMETHEUS_PORT: '0', OTEL_TRACES_EXPORTER: 'none' };

const folder = new SnippetFolder();
const blocks = [
  ...DOCUMENTS.flatMap(({ file, text }) => snippetsOfMarkdown(file, text)),
  ...SOURCES.flatMap(({ file, text }) => snippetsOfSource(file, text)),
].map((snippet) => folder.add(snippet));
const cells = DOCUMENTS.flatMap(({ file, text }) => snippetsOfTables(file, text));
const cellModules = cells.map((cell) => folder.add(cell));
const running = blocks.filter(({ snippet }) => snippet.runs && NOT_RUN[snippet.file] === undefined);

afterAll(() => folder.remove());

const titled = (module: SnippetModule) => [`${module.snippet.file}:${module.snippet.line}`, module] as const;

async function outcomeOf(program: string) {
  const child = runChild(program, { env: QUIET });
  const { code } = await child.exited;
  return { code, stderr: child.stderr };
}

async function outcomeOfSnippet({ path }: SnippetModule) {
  const [program = ''] = await folder.build([path]);
  return outcomeOf(program);
}

describe('TypeScript in the documents', () => {
  it('compiles against the sources', () => {
    expect(typeErrors([...blocks, ...cellModules], folder.tsconfig)).toEqual([]);
  }, 60_000);

  it('is found by the search, and most of it runs', () => {
    const files = new Set(running.map(({ snippet }) => snippet.file));
    expect([...files]).toEqual(expect.arrayContaining(['README.md', 'src/init-observability.ts']));
    expect(cells.length).toBeGreaterThan(20);
  });

  describe('as programs', () => {
    // Built at once: each would else compile the sources that it imports again.
    let programs: string[];
    beforeAll(async () => (programs = await folder.build(running.map(({ path }) => path))));

    it.each(running.map(titled))('%s runs and warns of nothing', async (_, module) => {
      expect(await outcomeOf(programs[running.indexOf(module)]!)).toEqual({ code: 0, stderr: '' });
    });
  });

  it('runs in the tables too, one cell after the other', async () => {
    const each = cells.map(({ code }) => `{\n${code}\n}`).join('\n');
    const all: Snippet = { file: 'tables', line: 1, code: each, runs: true, importsFrom: ['src/index.ts'] };
    expect(await outcomeOfSnippet(folder.add(all))).toEqual({ code: 0, stderr: '' });
  });
});

describe('the check itself', () => {
  const snippet = (code: string): SnippetModule =>
    folder.add({ file: 'README.md', line: 10, code, runs: true, importsFrom: [] });

  it('names file and line of what does not compile, and knows no entry that is not exported', () => {
    const wrong = snippet("const ok = 1;\nobs.kernel.recordRequest({ action: 'a', status: 'fine' });");
    const unknown = snippet("import { LabelSeriesIndex } from 'agent-os-observability/cardinality';");
    expect(typeErrors([wrong, unknown], folder.tsconfig)).toEqual([
      expect.stringMatching(/^README\.md:11 Type '"fine"' is not assignable/),
      expect.stringMatching(/^README\.md:10 Cannot find module/),
    ]);
  }, 60_000);

  it('sees what throws', async () => {
    const { code, stderr } = await outcomeOfSnippet(snippet("throw new Error('on purpose');"));
    expect(code).toBe(1);
    expect(stderr).toContain('on purpose');
  });
});
