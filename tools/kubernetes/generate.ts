// Part of npm run generate.
// Writes deploy/kubernetes out of otel-collector/, docker-compose.yml and prometheus/rules. --check compares, and fails.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { resolveConfig } from 'prettier';
import { ROOT } from './collector-files.js';
import { differences } from './differences.js';
import { manifestText } from './manifest-text.js';
import { FOLDER, manifests } from './manifests.js';

const options = (await resolveConfig(join(ROOT, FOLDER, 'namespace.yaml'))) ?? {};
const written = await Promise.all(
  manifests().map(async (manifest) => ({ path: manifest.path, text: await manifestText(manifest, options) })),
);
const { stale, orphaned } = differences(written, ROOT, FOLDER);
if (process.argv.includes('--check')) {
  for (const path of stale) console.error(`${path} is not what its sources say: npm run generate`);
  for (const path of orphaned) console.error(`${path} has no source any more: npm run generate`);
  if (stale.length + orphaned.length > 0) process.exitCode = 1;
} else {
  for (const { path, text } of written.filter((file) => stale.includes(file.path))) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
    console.log(`wrote ${path}`);
  }
  for (const path of orphaned) {
    rmSync(join(ROOT, path));
    console.log(`removed ${path}`);
  }
}
