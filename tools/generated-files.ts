// What all generators do with their files: they are formatted, then written or, with --check, compared.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface GeneratedFile {
  /** From the root of the checkout. */
  readonly path: string;
  readonly text: string;
}

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

/** Writes what differs and removes what has no source any more; with --check, names both and fails. */
export async function keepGenerated(files: readonly GeneratedFile[], origin: Origin): Promise<void> {
  const { stale, orphaned } = differences(await Promise.all(files.map(formatted)), origin, ROOT);
  if (process.argv.includes('--check')) {
    for (const { path } of stale) console.error(`${path} is not what its source says: npm run generate`);
    for (const path of orphaned) console.error(`${path} has no source any more: npm run generate`);
    if (stale.length + orphaned.length > 0) process.exitCode = 1;
    return;
  }
  for (const file of stale) {
    writeBelow(ROOT, file);
    console.log(`wrote ${file.path}`);
  }
  for (const path of orphaned) {
    rmSync(join(ROOT, path));
    console.log(`removed ${path}`);
  }
}

/** As Prettier formats it where it stands in the checkout. */
export async function formatted({ path, text }: GeneratedFile): Promise<GeneratedFile> {
  const filepath = join(ROOT, path);
  return { path, text: await format(text, { ...(await resolveConfig(filepath)), filepath }) };
}

export function writeBelow(root: string, { path, text }: GeneratedFile): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
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
