import type { OptionProblem } from '../diagnostics/errors.js';
import { givenAt, isPlainObject, shownValue } from './checks.js';
import type { EnvironmentSettings } from './environment.js';
import type { Exclusion, OptionPath, OptionRow } from './option-row.js';
import { isSection, nameOf, OPTION_ROWS, OPTIONS, sectionOf } from './option-table.js';
import type { ObservabilityOptions } from './options.js';

/** Every option that cannot be used, in one pass. */
export function optionProblems(options: unknown, env: EnvironmentSettings): OptionProblem[] {
  if (!isPlainObject(options)) {
    const received = shownValue(options, 'serviceName');
    return [{ path: 'options', received, code: 'type', accepted: 'an object' }];
  }
  const given = new Map<OptionPath, Given>();
  const problems = valueProblems(options, options, '', '', given);
  if (options['serviceName'] === undefined && !env.has('serviceName')) {
    const accepted = 'a non-empty string here, or in OTEL_SERVICE_NAME';
    problems.unshift({ path: 'serviceName', received: 'nothing', code: 'required', accepted });
  }
  return [...problems, ...effectProblems(given, env)];
}

/** A value that its row accepts. */
interface Given {
  /** The path as the host wrote it, which may be an old name. */
  readonly writtenAs: string;
  readonly value: unknown;
}

/** Each option by the paths that a host may write, today's and the old one. */
const WRITTEN: ReadonlyMap<string, OptionPath> = new Map(
  OPTION_ROWS.flatMap(([path, { formerly }]): [string, OptionPath][] => [
    [path, path],
    ...(formerly === undefined ? [] : [[formerly, path] as [string, OptionPath]]),
  ]),
);

/** The names of the options of a section. */
function namesIn(section: string): string[] {
  return OPTION_ROWS.filter(([path]) => sectionOf(path) === section).map(([path]) => nameOf(path));
}

/** Values that are wrong by themselves; those that are right are put into `found`. */
function valueProblems(
  options: Readonly<Record<string, unknown>>,
  within: Readonly<Record<string, unknown>>,
  section: string,
  prefix: string,
  found: Map<OptionPath, Given>,
): OptionProblem[] {
  return Object.entries(within).flatMap(([name, written]): OptionProblem[] => {
    if (written === undefined) return [];
    const writtenAs = prefix + name;
    const writtenPath = section === '' ? name : `${section}.${name}`;
    const path = WRITTEN.get(writtenPath);
    if (path === undefined) {
      const accepted = `one of ${namesIn(section).join(', ')}`;
      return [{ path: writtenAs, received: 'an unknown option', code: 'type', accepted }];
    }
    const row: OptionRow = OPTIONS[path];
    const current = path === writtenPath ? undefined : givenAt(options, path);
    if (current !== undefined) {
      const received = `${shownValue(written, path)} while ${path} is ${shownValue(current, path)}`;
      const accepted = `nothing: it is the old name of ${path}`;
      return [{ path: writtenAs, received, code: 'range', accepted }];
    }
    const value = path === writtenPath ? written : currentWord(row, written);
    const { check } = row;
    if (!check.test(value)) {
      const { code, accepts, entry, member } = check;
      if (entry && Array.isArray(value))
        return [...(value as unknown[]).entries()]
          .filter(([, item]) => !entry.test(item))
          .map(([index, item]) => ({
            path: `${writtenAs}[${index}]`,
            received: shownValue(item, path),
            code,
            accepted: entry.accepts,
          }));
      const faults =
        member && isPlainObject(value) ? Object.entries(value).filter(([, one]) => !member(one)) : [];
      const received =
        faults.map(([key, one]) => `${shownValue(one, path)} as ${JSON.stringify(key)}`).join(', ') ||
        (check.why?.(value) ?? shownValue(value, path));
      return [{ path: writtenAs, received, code, accepted: accepts }];
    }
    found.set(path, { writtenAs, value });
    return isSection(path) && isPlainObject(value)
      ? valueProblems(options, value, path, `${writtenAs}.`, found)
      : [];
  });
}

/** Options that are right each, but of which one would silently do nothing; one problem for each of them. */
function effectProblems(given: ReadonlyMap<OptionPath, Given>, env: EnvironmentSettings): OptionProblem[] {
  const explicit = (path: OptionPath): unknown => given.get(path)?.value;
  const effective = (path: OptionPath): unknown => {
    const { default: standard }: OptionRow = OPTIONS[path];
    return explicit(path) ?? env.get(path) ?? standard;
  };
  const holds = ({ option, and, unless, ...rule }: Exclusion): boolean =>
    ('is' in rule ? Object.is(explicit(option), rule.is) : isOn(explicit(option))) &&
    (and === undefined || isOn(explicit(and))) &&
    (unless === undefined || !isOn(effective(unless)));
  const state = (path: OptionPath): string => {
    const value = effective(path);
    return `${path} is ${value === undefined ? 'not given' : shownValue(value, path)}`;
  };

  return [...given].flatMap(([path, { writtenAs, value }]): OptionProblem[] => {
    const parts = [...given.keys()].some((other) => sectionOf(other) === path);
    if (!isOn(value) || parts) return []; // of a section, each option that is given answers for itself
    if (isSection(path) && !OPTIONS[path].check.test(false)) return []; // empty, and none that `{}` would switch on
    const { excludes, needs } = rulesOf(path);
    const hindering = excludes.find(holds);
    const missing = needs.find(
      ({ option, or, ...rule }) =>
        !('is' in rule ? Object.is(effective(option), rule.is) : isOn(effective(option))) &&
        !(or && isOn(explicit(or))),
    );
    const broken = hindering ?? missing;
    if (broken === undefined) return [];
    const others = [broken.option, ...(hindering?.and ? [hindering.and] : [])].map(state).join(' and ');
    const received = `${shownValue(value, path)} while ${others}`;
    return [{ path: writtenAs, received, code: 'range', accepted: broken.accepted }];
  });
}

/** Whether a value asks for something: `false` and an empty list do not. */
function isOn(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}

/** The rules of an option, and those of the sections that it stands in. */
export function rulesOf(path: OptionPath): Required<Pick<OptionRow, 'excludes' | 'needs'>> {
  const { excludes = [], needs = [] }: OptionRow = OPTIONS[path];
  const section = sectionOf(path);
  if (section === '') return { excludes, needs };
  const outer = rulesOf(section as OptionPath);
  return { excludes: [...outer.excludes, ...excludes], needs: [...outer.needs, ...needs] };
}

/** The options with each old name replaced by the one of today; `warn` is told of each. Changes nothing of the caller's. */
export function withCurrentNames(
  options: ObservabilityOptions,
  warn: (message: string) => void,
): ObservabilityOptions {
  let renamed: object = options;
  for (const [path, row] of OPTION_ROWS) {
    const { formerly } = row;
    if (formerly === undefined) continue;
    const value = givenAt(renamed, formerly);
    if (value === undefined) continue;
    warn(`${formerly} is now ${path}; the old name still works.`);
    renamed = changedAt(renamed, formerly, undefined);
    renamed = changedAt(renamed, path, currentWord(row, value));
  }
  return renamed;
}

/** The value of an old option in today's words. */
function currentWord({ formerWords = {} }: OptionRow, value: unknown): unknown {
  return typeof value === 'string' && Object.hasOwn(formerWords, value) ? formerWords[value] : value;
}

/** A copy with another value at the path; undefined takes the option away. */
function changedAt(options: object, path: string, value: unknown): object {
  const [key, ...deeper] = path.split('.') as [string, ...string[]];
  const { [key]: before, ...others } = options as Readonly<Record<string, unknown>>;
  const after =
    deeper.length === 0 ? value : changedAt(isPlainObject(before) ? before : {}, deeper.join('.'), value);
  return after === undefined ? others : { ...others, [key]: after };
}
