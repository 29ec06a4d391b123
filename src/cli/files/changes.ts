// What becomes of each file: by what we wrote (the manifest), what is there, and what this release has.
import { hashOf, type Manifest } from './manifest.js';
import type { Folder } from './folder.js';

export interface TemplateFile {
  readonly path: string;
  readonly text: string;
}

/**
 * - new: was not there; replaced: was as we wrote it; same: is as this release has it already;
 * - yours: changed by you, and not by the release; conflict: changed by both;
 * - deleted: by you, and stays away; removed: not in this release any more; left: as removed, but changed by you.
 */
export type Fate = 'new' | 'replaced' | 'same' | 'yours' | 'conflict' | 'deleted' | 'removed' | 'left';

export interface Change {
  readonly path: string;
  readonly fate: Fate;
  readonly before?: string;
  readonly after?: string;
}

export interface Plan {
  readonly templates: readonly TemplateFile[];
  readonly manifest: Manifest | undefined;
  /** Brings back what a person has deleted. */
  readonly restore: boolean;
}

export function changesIn(folder: Folder, { templates, manifest, restore }: Plan): Change[] {
  const written = manifest?.files ?? {};
  const ours = templates.map(({ path, text }): Change => {
    const before = folder.read(path);
    const base = Object.hasOwn(written, path) ? written[path] : undefined;
    return before === undefined
      ? { path, after: text, fate: base !== undefined && !restore ? 'deleted' : 'new' }
      : { path, before, after: text, fate: fateOf(before, text, base) };
  });
  const paths = new Set(templates.map(({ path }) => path));
  const gone = Object.entries(written).flatMap(([path, base]): Change[] => {
    const before = paths.has(path) ? undefined : folder.read(path);
    if (before === undefined) return [];
    return [{ path, before, fate: hashOf(before) === base ? 'removed' : 'left' }];
  });
  return [...ours, ...gone];
}

function fateOf(before: string, after: string, base: string | undefined): Fate {
  if (before === after) return 'same';
  if (base === undefined) return 'conflict';
  if (hashOf(before) === base) return 'replaced';
  return hashOf(after) === base ? 'yours' : 'conflict';
}

/** Writes what is planned. */
export function apply(folder: Folder, changes: readonly Change[], overwrite: boolean): void {
  for (const { path, fate, before, after } of changes) {
    if (fate === 'new' || fate === 'replaced') folder.write(path, after!);
    else if (fate === 'removed') folder.remove(path);
    else if (overwrite && (fate === 'conflict' || fate === 'yours')) {
      folder.write(`${path}.before`, before!);
      folder.write(path, after!);
    } else if (fate === 'conflict') folder.write(`${path}.new`, after!);
  }
}
