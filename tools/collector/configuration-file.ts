// One file of a configuration, as the settings in it and where each is written.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { isAlias, isMap, isNode, LineCounter, parseDocument, type Document, type Pair } from 'yaml';
import { UsageError } from './problems.js';

/** A value that merging takes or replaces as a whole: a scalar, a list, an empty map. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly file: string;
  readonly line: number;
  /** Its line says `# replaces …`: that an earlier file's list goes is meant. */
  readonly replaces: boolean;
}

/**
 * `base` stands by itself, an `overlay` changes what comes before it, a `backend` (anything in a folder named backends)
 * only adds.
 */
export type Role = 'base' | 'overlay' | 'backend';

export interface ConfigurationFile {
  readonly name: string;
  readonly path: string;
  readonly role: Role;
  readonly settings: readonly Setting[];
  /** What the comments at the top say of an environment variable. */
  readonly variables: ReadonlyMap<string, VariableNote>;
}

export interface VariableNote {
  readonly text: string;
  readonly required: boolean;
  readonly secret: boolean;
}

/**
 * Reads the files in the order in which the Collector merges them.
 *
 * @param names - Paths, or names in `folder` without an ending, as `backends/jaeger`.
 * @throws {UsageError} When one is not there, or not YAML.
 */
export function readConfiguration(names: readonly string[], folder: string): ConfigurationFile[] {
  return names.map((given, index) => {
    const candidates = [given, join(folder, given), join(folder, `${given}.yaml`)];
    const path = candidates.find((candidate) => existsSync(candidate) && /\.ya?ml$/.test(candidate));
    if (path === undefined) throw new UsageError(`There is no ${given}, neither here nor in ${folder}.`);
    const inside = relative(folder, path);
    return parseFile(inside.startsWith('..') ? given : inside, path, index, readFileSync(path, 'utf8'));
  });
}

export function parseFile(name: string, path: string, index: number, text: string): ConfigurationFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) throw new UsageError(`${name} is not YAML: ${error.message}`);
  if (!isMap(document.contents)) throw new UsageError(`${name} is not a map of settings.`);
  const settings: Setting[] = [];
  collect(document, document.contents.items, [], (path_, pair, value) => {
    const offset = isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
    const comments = [pair.key, pair.value].flatMap((node) =>
      isNode(node) ? [node.comment, node.commentBefore] : [],
    );
    const replaces = comments.some((comment) => /^\s*replaces\b/m.test(comment ?? ''));
    settings.push({ path: path_, value, file: name, line: lines.linePos(offset).line, replaces });
  });
  const backend = basename(dirname(path)) === 'backends';
  const role = index === 0 ? 'base' : backend ? 'backend' : 'overlay';
  return { name, path, role, settings, variables: variableNotes(text) };
}

function collect(
  document: Document,
  pairs: readonly Pair[],
  path: readonly string[],
  found: (path: readonly string[], pair: Pair, value: unknown) => void,
): void {
  for (const pair of pairs) {
    const here = [...path, String(pair.key)];
    const value = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
    if (isMap(value) && value.items.length > 0) collect(document, value.items, here, found);
    else found(here, pair, isNode(value) ? value.toJS(document) : (value ?? null));
  }
}

/** `# NAME (required, secret): what it is`, a line each. */
function variableNotes(text: string): Map<string, VariableNote> {
  const notes = new Map<string, VariableNote>();
  for (const [, name, flags = '', said] of text.matchAll(
    /^# ([A-Z][A-Z0-9_]*)(?: \(([a-z, ]+)\))?: (.+)$/gm,
  )) {
    const has = (flag: string): boolean => flags.split(', ').includes(flag);
    notes.set(name!, { text: said!, required: has('required'), secret: has('secret') });
  }
  return notes;
}
