// Part of npm run generate.
// Writes grafana/dashboards out of grafana/src. --check compares, and fails.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { committedFiles, FOLDER, staleDashboards } from './dashboard-files.js';
import { generatedFiles } from './generated-files.js';

mkdirSync(FOLDER, { recursive: true });
const generated = await generatedFiles();
const stale = staleDashboards(generated, committedFiles());
if (process.argv.includes('--check')) {
  for (const path of stale) console.error(`${path} is not what its sources say: npm run generate`);
  if (stale.length > 0) process.exitCode = 1;
} else
  for (const path of stale) {
    const file = generated.find((one) => one.path === path);
    if (file === undefined) rmSync(path);
    else writeFileSync(path, file.text);
    console.log(file === undefined ? `removed ${path}` : `wrote ${path}`);
  }
