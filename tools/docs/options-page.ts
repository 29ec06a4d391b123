import { fileURLToPath } from 'node:url';
import { optionProblems } from '../../src/options/validation.js';
import { code, page, table, type Page } from './markdown.js';
import { optionDeclarations, type OptionDeclaration } from './option-declarations.js';

const OPTIONS_SOURCE = fileURLToPath(new URL('../../src/options/options.ts', import.meta.url));

/** docs/options.md: every option of initObservability, from its source and its validation. */
export function optionsPage(): Page {
  const sections = sectionsOf('', optionDeclarations(OPTIONS_SOURCE));
  return page(
    'docs/options.md',
    '# Options',
    'What `initObservability({ … })` takes. Explicit options win over the [environment](environment.md), the environment ' +
      'over defaults. All bad options are reported at once, in one [`AOO_INVALID_OPTIONS`](errors.md#aoo_invalid_options).',
    ...sections.flatMap(({ path, options }) => [
      path === '' ? '## Top level' : `## ${code(path)}`,
      table(
        ['Option', 'Type', 'Default', 'Effect', 'Accepted'],
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

function row(path: string, option: OptionDeclaration): string[] {
  const at = join(path, option.name);
  const name = option.section === undefined ? code(at) : `[${code(at)}](#${anchor(at)})`;
  const { type, defaultValue = '–', description } = option;
  return [name, code(type), defaultValue, description || '–', acceptedAt(at)];
}

/** What the validation accepts at a path: it says so when it is given something that nothing accepts. */
export function acceptedAt(path: string): string {
  const unusable = path
    .split('.')
    .reduceRight<unknown>((value, key) => ({ [key]: value }), Symbol('accepted by no option'));
  const problem = optionProblems(unusable as object, { serviceName: 'any' }).find((one) => one.path === path);
  if (problem === undefined || problem.received === 'an unknown option') {
    throw new Error(`${path} is declared in src/options/options.ts and unknown to src/options/validation.ts`);
  }
  return problem.accepted;
}

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);
const anchor = (path: string) => path.toLowerCase().replaceAll('.', '');
