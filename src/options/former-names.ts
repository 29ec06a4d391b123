import { isPlainObject } from './checks.js';
import { nameOf, OPTION_ROWS, sectionOf } from './option-table.js';
import type { ObservabilityOptions } from './options.js';

/** The options with each old name replaced by the one of today; `warn` is told of each. Changes nothing of the caller's. */
export function withCurrentNames(
  options: ObservabilityOptions,
  warn: (message: string) => void,
): ObservabilityOptions {
  let renamed: object = options;
  for (const [path, { formerly }] of OPTION_ROWS) {
    if (formerly === undefined) continue;
    const section = sectionOf(path);
    const keys = section === '' ? [] : section.split('.');
    renamed = changedAt(renamed, keys, (within) => {
      if (within[formerly] === undefined) return within;
      const { [formerly]: value, ...others } = within;
      warn(`${section === '' ? '' : `${section}.`}${formerly} is now ${path}; the old name still works.`);
      return { ...others, [nameOf(path)]: value };
    });
  }
  return renamed;
}

type Section = Readonly<Record<string, unknown>>;

function changedAt(value: unknown, keys: readonly string[], change: (within: Section) => Section): Section {
  if (!isPlainObject(value)) return value as Section;
  const [key, ...deeper] = keys;
  if (key === undefined) return change(value);
  return isPlainObject(value[key]) ? { ...value, [key]: changedAt(value[key], deeper, change) } : value;
}
