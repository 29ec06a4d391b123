import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NAME as PROGRAM } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/cli/commands.js';
import { ENVIRONMENT } from '../../src/options/environment.js';
import { ERRORS } from '../../src/diagnostics/errors.js';
import { COUNTERS } from '../contract/promql/third-party.js';
import { definitionOf, METRICS, type MetricName } from '../../src/semconv/index.js';
import { DOCUMENTS, documentAt, PACKAGE, ROOT, SOURCES, type Document } from './documents.js';
import { fencedBlocks } from './snippets.js';

const codes = Object.keys(ERRORS);
const variables = ENVIRONMENT.map(({ name }) => name);
const everything = [...DOCUMENTS, ...SOURCES];

/** Where a text names what does not exist: `file: name`. */
function unknownNames(
  pattern: RegExp,
  known: readonly string[],
  documents: readonly Document[] = everything,
): string[] {
  return documents.flatMap(({ file, text }) =>
    [...text.matchAll(pattern)]
      .map(([name]) => name)
      .filter((name) => !known.includes(name))
      .map((name) => `${file}: ${name}`),
  );
}

describe('error codes', () => {
  const thrown = SOURCES.flatMap(({ text }) =>
    [...text.matchAll(/new ObservabilityError\(\s*'(\w+)'/g)].map(([, code]) => code),
  );

  it.each(codes)('%s is documented and thrown', (code) => {
    expect(documentAt('docs/errors.md').text).toContain(`## \`${code}\``);
    expect(thrown).toContain(code);
  });

  it('are thrown and named only where they exist', () => {
    expect(thrown.filter((code) => !codes.includes(code ?? ''))).toEqual([]);
    expect(unknownNames(/\bAOO_[A-Z_]+\b/g, codes)).toEqual([]);
  });
});

describe('environment variables', () => {
  it.each(variables)('%s is documented', (name) => {
    expect(documentAt('docs/environment.md').text).toContain(`| \`${name}\` `);
  });

  it('are named only where they have an effect', () => {
    expect(unknownNames(/\bOTEL_[A-Z_]+\b/g, variables)).toEqual([]);
  });
});

describe('metric names', () => {
  it('in the documents exist', () => {
    const series = (Object.keys(METRICS) as MetricName[]).flatMap((name) =>
      definitionOf(name).kind === 'histogram'
        ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]
        : [name],
    );
    const ofOthers = Object.keys(COUNTERS);
    expect(unknownNames(/(?<![\w.])(?:agent_os|amb)_\w+/g, [...series, ...ofOthers], DOCUMENTS)).toEqual([]);
  });
});

describe('commands', () => {
  const commands = DOCUMENTS.flatMap(({ file, text }) =>
    fencedBlocks(text)
      .filter(({ language }) => language === 'bash')
      .flatMap(({ code }) => code.split(/\n|&&/).map((command) => [file, command.trim()] as const)),
  ).filter(([, command]) => command !== '');

  it.each(commands)('of %s can be run: %s', (_, command) => {
    const [tool, verb = '', script = ''] = command.split(/\s+/);
    if (tool === 'npm') {
      if (verb === 'run') expect(Object.keys(PACKAGE.scripts)).toContain(script);
      else expect(['ci', 'test', 'install']).toContain(verb);
    } else if (tool === 'node') expect(existsSync(join(ROOT, verb))).toBe(true);
    else if (tool === 'npx' && verb === 'tsx') expect(existsSync(join(ROOT, script))).toBe(true);
    else if (tool === 'npx' && verb === PROGRAM) expect(COMMANDS.map(({ name }) => name)).toContain(script);
    else if (tool === 'docker')
      expect([verb, existsSync(join(ROOT, 'docker-compose.yml'))]).toEqual(['compose', true]);
    else expect(tool).toBe('curl');
  });
});
