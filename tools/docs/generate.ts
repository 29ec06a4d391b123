import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { Page } from './markdown.js';
import { generatedPages } from './pages.js';
import { stalePages } from './stale-pages.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

async function formatted(page: Page): Promise<Page> {
  const filepath = join(ROOT, page.path);
  const markdown = await format(page.markdown, { ...(await resolveConfig(filepath)), filepath });
  return { path: page.path, markdown };
}

const pages = await Promise.all(generatedPages().map(formatted));
const stale = stalePages(pages, ROOT);
if (process.argv.includes('--check')) {
  for (const path of stale) console.error(`${path} is not what its source says: run npm run generate`);
  if (stale.length > 0) process.exitCode = 1;
} else {
  for (const { path, markdown } of pages.filter((page) => stale.includes(page.path))) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), markdown);
    console.log(`wrote ${path}`);
  }
}
