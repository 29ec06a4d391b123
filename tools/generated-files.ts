// What all generators do with their files: they are formatted, then written or, with --check, compared.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { differences, type Origin } from './differences.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface GeneratedFile {
  /** From the root of the checkout. */
  readonly path: string;
  readonly text: string;
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
