import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { GeneratedFile } from './generated-files.js';

/** How a file is known that was generated: it lies below one of the folders, and begins so. */
export interface Origin {
  readonly folders: readonly string[];
  /** Empty where all files of the folders are generated. */
  readonly begins: string;
}

export interface Differences {
  /** Missing, or not as generated. */
  readonly stale: readonly GeneratedFile[];
  /** Paths of what was generated once, and no longer. */
  readonly orphaned: readonly string[];
}

/** Of the files below `root` to what was generated. */
export function differences(
  generated: readonly GeneratedFile[],
  { folders, begins }: Origin,
  root: string,
): Differences {
  const textAt = (path: string) => readFileSync(join(root, path), 'utf8');
  const paths = new Set(generated.map(({ path }) => path));
  const present = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(root, join(parentPath, name)).replaceAll('\\', '/')),
  );
  return {
    stale: generated.filter(({ path, text }) => !existsSync(join(root, path)) || textAt(path) !== text),
    orphaned: present.filter((path) => !paths.has(path) && textAt(path).startsWith(begins)).sort(),
  };
}
