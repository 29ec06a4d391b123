// npm run operators -- --out FOLDER [--config FILE]
// Writes what operators deploy: dashboards, rules, runbooks, and the files of Prometheus, Alertmanager, Collector, Jaeger,
// Grafana and Docker Compose, with the settings of a file (see prometheus/README.md).
import { cpSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CONFIG_VARIABLE, readConfig } from '../../prometheus/src/config.js';
import { formatted, writeBelow } from '../generated-files.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const USAGE = 'npm run operators -- --out FOLDER [--config FILE]';

/** The folder and the settings, or the end of the process with what is wrong. */
function asked() {
  try {
    const { values } = parseArgs({ options: { out: { type: 'string' }, config: { type: 'string' } } });
    if (values.out === undefined) throw new Error('--out is missing');
    const file = values.config && resolve(values.config);
    readConfig(file); // says what cannot be used
    return { out: resolve(values.out), file };
  } catch (error) {
    console.error(`${USAGE}: ${(error as Error).message}`);
    process.exit(2);
  }
}

const { out, file: config } = asked();
if (config !== undefined) process.env[CONFIG_VARIABLE] = config;
// What is made of the settings is loaded only now that they are known.
const { COPIED, writtenFiles } = await import('./files.js');

for (const path of COPIED) cpSync(join(ROOT, path), join(out, path), { recursive: true });
const written = writtenFiles(ROOT);
for (const file of written) writeBelow(out, await formatted(file));
console.log(`wrote ${COPIED.length + written.length} files and folders to ${out}`);
