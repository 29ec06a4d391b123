// Merges files as the Collector does: maps merge, everything else is replaced by what comes later.
import type { ConfigurationFile, Setting } from './configuration-file.js';
import type { Problem } from './problems.js';

const COMPONENTS = ['receivers', 'processors', 'exporters', 'connectors', 'extensions'];

export interface Merged {
  readonly settings: readonly Setting[];
  /** Replacements that nobody can have meant. */
  readonly problems: readonly Problem[];
}

export function merge(files: readonly ConfigurationFile[]): Merged {
  const problems: Problem[] = [];
  let settings: Setting[] = [];
  for (const file of files) {
    const before = settings;
    const add = file.role === 'backend' ? alone(file, before, problems) : file.settings;
    for (const setting of add) {
      const problem = file.role === 'overlay' ? replacement(setting, before) : undefined;
      if (problem !== undefined) problems.push(problem);
      const keeps = (other: Setting): boolean =>
        other.file === file.name ? !same(setting.path, other.path) : !replacedBy(setting, other);
      settings = [...settings.filter(keeps), ...(isNoOp(setting, settings) ? [] : [setting])];
    }
  }
  return { settings, problems };
}

/** What a backend may add: components and pipelines of its own, and nothing to those of others. */
function alone(file: ConfigurationFile, before: readonly Setting[], problems: Problem[]): Setting[] {
  const reported = new Set<string>();
  return file.settings.filter((setting) => {
    const unit = unitOf(setting.path);
    const owner = before.find(({ path }) => startsWith(path, unit) || startsWith(unit, path));
    if (owner === undefined) return true;
    if (!reported.has(unit.join('.'))) {
      reported.add(unit.join('.'));
      const exact = before.find(({ path }) => same(path, setting.path));
      const what = Array.isArray(exact?.value)
        ? `replaces the list of ${exact.file}:${exact.line}, since lists do not merge`
        : `is already in ${owner.file}:${owner.line}`;
      problems.push({
        ...at(setting),
        what: `${what}; a backend only adds components and pipelines of its own`,
        remedy: 'Give it a name of its own, or put the change into a file outside backends/.',
      });
    }
    return false;
  });
}

function unitOf(path: readonly string[]): readonly string[] {
  if (COMPONENTS.includes(path[0]!)) return path.slice(0, 2);
  return path[0] === 'service' && path[1] === 'pipelines' ? path.slice(0, 3) : path;
}

/** An overlay may change a value; a list, or a whole map, it replaces only when it says so. */
function replacement(setting: Setting, before: readonly Setting[]): Problem | undefined {
  const old = before.find((other) => other.file !== setting.file && replacedBy(setting, other));
  if (old === undefined || setting.replaces || isEmpty(old.value)) return undefined;
  const place = `${old.file}:${old.line}`;
  const remedy = `If that is meant, end the line with: # replaces ${old.file}`;
  if (!same(old.path, setting.path)) {
    return setting.path.length < old.path.length
      ? { ...at(setting), what: `replaces the map of ${place} with a value`, remedy }
      : { ...at(old), what: `is a value, and a map in ${setting.file}:${setting.line}`, remedy };
  }
  if (!Array.isArray(old.value)) return undefined;
  const lost = old.value.filter(
    (item) => !Array.isArray(setting.value) || !contains(setting.value as unknown[], item),
  );
  const loses = lost.length === 0 ? '' : `, and without ${lost.map(show).join(', ')}`;
  return {
    ...at(setting),
    what: `replaces the list of ${place}, since lists do not merge${loses}`,
    remedy,
  };
}

/** Whether the later setting takes the earlier one away. */
function replacedBy(later: Setting, earlier: Setting): boolean {
  if (startsWith(later.path, earlier.path)) return true;
  return startsWith(earlier.path, later.path) && !isEmptyMap(later.value);
}

/** An empty map beside a full one. */
function isNoOp(setting: Setting, settings: readonly Setting[]): boolean {
  return isEmptyMap(setting.value) && settings.some(({ path }) => startsWith(path, setting.path));
}

/** The merged settings as the map they are. */
export function asMap(settings: readonly Setting[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { path, value } of settings) {
    let node = root;
    for (const key of path.slice(0, -1)) node = (node[key] ??= {}) as Record<string, unknown>;
    node[path.at(-1)!] = value;
  }
  return root;
}

export function at({ file, line, path }: Setting): Pick<Problem, 'file' | 'line' | 'key'> {
  return { file, line, key: path.join('.') };
}

export function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.every((key, index) => path[index] === key);
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && startsWith(a, b);
}

function isEmptyMap(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  );
}

function isEmpty(value: unknown): boolean {
  return value === null || isEmptyMap(value);
}

function contains(list: readonly unknown[], item: unknown): boolean {
  return list.some((other) => JSON.stringify(other) === JSON.stringify(item));
}

function show(item: unknown): string {
  return typeof item === 'string' ? item : JSON.stringify(item);
}
