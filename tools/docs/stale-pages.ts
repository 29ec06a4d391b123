import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from './markdown.js';

/** Paths of the pages that are missing under `root` or differ there. */
export function stalePages(pages: readonly Page[], root: string): string[] {
  return pages.filter(({ path, markdown }) => textAt(join(root, path)) !== markdown).map(({ path }) => path);
}

function textAt(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
