// Part of npm run generate.
// Writes prometheus/rules and prometheus/tests out of prometheus/src and prometheus/tests/cases. --check compares, and fails.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { stalePages } from '../docs/stale-pages.js';
import { FOLDERS, GENERATED, generatedFiles } from './files.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const files = await Promise.all(
  generatedFiles(ROOT).map(async ({ path, text }) => {
    const filepath = join(ROOT, path);
    return { path, markdown: await format(text, { ...(await resolveConfig(filepath)), filepath }) };
  }),
);
const paths = new Set(files.map(({ path }) => path));
const stale = stalePages(files, ROOT);
const orphaned = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => `${folder}/${name}`),
).filter((path) => !paths.has(path) && readFileSync(join(ROOT, path), 'utf8').startsWith(GENERATED));

if (process.argv.includes('--check')) {
  for (const path of stale) console.error(`${path} is not what its source says: npm run generate`);
  for (const path of orphaned) console.error(`${path} has no source: npm run generate`);
  if (stale.length + orphaned.length > 0) process.exitCode = 1;
} else {
  for (const { path, markdown } of files.filter((file) => stale.includes(file.path))) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), markdown);
    console.log(`wrote ${path}`);
  }
  for (const path of orphaned) {
    rmSync(join(ROOT, path));
    console.log(`removed ${path}`);
  }
}
