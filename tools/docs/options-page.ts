import { fileURLToPath } from 'node:url';
import type { OptionPath, OptionRow } from '../../src/options/option-row.js';
import { isSection, OPTIONS, sectionOf } from '../../src/options/option-table.js';
import { rulesOf } from '../../src/options/validation.js';
import type { GeneratedFile } from '../generated-files.js';
import { code, page, table } from './markdown.js';
import { optionDeclarations, type OptionDeclaration } from './option-declarations.js';

const OPTIONS_SOURCE = fileURLToPath(new URL('../../src/options/options.ts', import.meta.url));

/** docs/options.md: every option of initObservability, from its source and its validation. */
export function optionsPage(): GeneratedFile {
  const sections = sectionsOf('', optionDeclarations(OPTIONS_SOURCE));
  return page(
    'docs/options.md',
    '# Options',
    'What `initObservability({ … })` takes. Explicit options win over the [environment](environment.md), the environment ' +
      'over defaults. All bad options are reported at once, in one [`AOO_INVALID_OPTIONS`](errors.md#aoo_invalid_options). ' +
      'So are options that would do nothing: the column Only says with and without which others an option has an effect.',
    ...sections.flatMap(({ path, options }) => [
      path === '' ? '## Top level' : `## ${code(path)}`,
      table(
        ['Option', 'Type', 'Default', 'Effect', 'Accepted', 'Only'],
        options.map((option) => row(path, option)),
      ),
    ]),
  );
}

interface Section {
  readonly path: string;
  readonly options: readonly OptionDeclaration[];
}

function sectionsOf(path: string, options: readonly OptionDeclaration[]): Section[] {
  const nested = options.flatMap(({ name, section }) =>
    section === undefined ? [] : sectionsOf(join(path, name), section),
  );
  return [{ path, options }, ...nested];
}

function row(section: string, option: OptionDeclaration): string[] {
  const path = join(section, option.name);
  const found = rowAt(path);
  const name = option.section === undefined ? code(path) : `[${code(path)}](#${anchor(path)})`;
  const { type, defaultValue = '–', description } = option;
  if (found === undefined) return [name, code(type), defaultValue, description || '–', '–', '–'];
  const { check, formerly } = found;
  const was = formerly === undefined ? '' : ` Its old name ${code(formerly)} still works, with one warning.`;
  return [name, code(type), defaultValue, `${description}${was}` || '–', check.accepts, conditionsOf(path)];
}

/** The row of an option. A part of an object that is one option, as of `prometheus.auth`, has none. */
function rowAt(path: string): OptionRow | undefined {
  if (path in OPTIONS) return OPTIONS[path as OptionPath];
  for (let whole = sectionOf(path); whole !== ''; whole = sectionOf(whole)) {
    if (whole in OPTIONS && !isSection(whole as OptionPath)) return undefined;
  }
  throw new Error(
    `${path} is declared in src/options/options.ts and has no row in src/options/option-table.ts`,
  );
}

/** Beside which options it is an error, since it would do nothing. */
function conditionsOf(path: string): string {
  const { excludes, needs } = rulesOf(path as OptionPath);
  const without = excludes.map(({ option, and, unless, ...rule }) => {
    const value = 'is' in rule ? `: ${JSON.stringify(rule.is)}` : '';
    const others = [`${option}${value}`, ...(and ? [and] : [])].map(code).join(' and ');
    return `without ${others}${unless ? `, unless ${code(unless)} is on` : ''}`;
  });
  const beside = needs.map(({ option, or, ...rule }) => {
    const value = 'is' in rule ? `: ${JSON.stringify(rule.is)}` : '';
    const other = or === undefined ? '' : `, or with ${code(or)}`;
    return `with ${code(`${option}${value}`)}${other}`;
  });
  return [...new Set([...without, ...beside])].join('; ') || '–';
}

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);
const anchor = (path: string) => path.toLowerCase().replaceAll('.', '');
