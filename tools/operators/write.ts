// npm run operators -- --out FOLDER [--config FILE]
// Writes what operators deploy: dashboards, rules, runbooks, and the files of Prometheus, Alertmanager, Collector, Jaeger,
// Grafana and Docker Compose, with the settings of a file (see prometheus/README.md).
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { CONFIG_VARIABLE, readConfig } from '../../prometheus/src/config.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** As they stand in the checkout. */
const COPIED = [
  'docker-compose.yml',
  'grafana/provisioning',
  'jaeger',
  'otel-collector',
  'prometheus/prometheus.yml',
  'prometheus/runbooks',
  'prometheus/alertmanager/alertmanager.yml',
  'prometheus/alertmanager/local.yml',
  'prometheus/alertmanager/templates',
  'prometheus/targets',
  'prometheus/targets-compose',
];

const { values } = parseArgs({ options: { out: { type: 'string' }, config: { type: 'string' } } });
if (values.out === undefined) {
  console.error('npm run operators -- --out FOLDER [--config FILE]: --out is missing.');
  process.exit(2);
}
const config = values.config && resolve(values.config);
try {
  readConfig(config);
} catch (error) {
  console.error((error as Error).message);
  process.exit(2);
}
if (config !== undefined) process.env[CONFIG_VARIABLE] = config;

const out = resolve(values.out);
for (const path of COPIED) cpSync(join(ROOT, path), join(out, path), { recursive: true });
// What is made of the settings is loaded only now that they are known.
const rules = await import('../prometheus/files.js');
const dashboards = await import('../grafana/generated-files.js');
const written = [
  ...rules.generatedFiles(ROOT).filter(({ path }) => path.startsWith('prometheus/rules/')),
  ...(await dashboards.generatedFiles()),
];
for (const { path, text } of written) {
  mkdirSync(dirname(join(out, path)), { recursive: true });
  const filepath = join(ROOT, path);
  writeFileSync(join(out, path), await format(text, { ...(await resolveConfig(filepath)), filepath }));
}
console.log(`wrote ${COPIED.length + written.length} files and folders to ${out}`);
