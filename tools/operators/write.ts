// npm run operators -- --out FOLDER [--config FILE]
// Writes what operators deploy: dashboards, rules, runbooks, and the files of Prometheus, Alertmanager, Collector, Jaeger,
// Grafana and Docker Compose, with the settings of a file (see prometheus/README.md).
import { cpSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CONFIG_VARIABLE, readConfig } from '../../prometheus/src/config.js';
import { formatted, writeBelow } from '../generated-files.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** As they stand in the checkout. */
const COPIED = [
  'docker-compose.yml',
  'grafana/provisioning/dashboards',
  'jaeger',
  'otel-collector',
  'prometheus/prometheus.yml',
  'prometheus/runbooks',
  'prometheus/alertmanager/alertmanager.yml',
  'prometheus/alertmanager/local.yml',
  'prometheus/alertmanager/templates',
  'prometheus/targets',
  'prometheus/targets-compose',
  'tools/stack/alert-log.mjs',
];
const DATA_SOURCES = 'grafana/provisioning/datasources/agent-os.yaml';

const USAGE = 'npm run operators -- --out FOLDER [--config FILE]';

/** The folder and the settings, or the end of the process with what is wrong. */
function asked() {
  try {
    const { values } = parseArgs({ options: { out: { type: 'string' }, config: { type: 'string' } } });
    if (values.out === undefined) throw new Error('--out is missing');
    const file = values.config && resolve(values.config);
    return { out: resolve(values.out), file, settings: readConfig(file) };
  } catch (error) {
    console.error(`${USAGE}: ${(error as Error).message}`);
    process.exit(2);
  }
}

const { out, file: config, settings } = asked();
if (config !== undefined) process.env[CONFIG_VARIABLE] = config;

for (const path of COPIED) cpSync(join(ROOT, path), join(out, path), { recursive: true });
// What is made of the settings is loaded only now that they are known.
const rules = await import('../prometheus/files.js');
const runbooks = await import('../prometheus/runbooks.js');
const dashboards = await import('../grafana/generated-files.js');
/** The data sources under the uids that the dashboards ask for. */
const dataSources = readFileSync(join(ROOT, DATA_SOURCES), 'utf8')
  .replace(/\b(uid|datasourceUid): prometheus$/gm, `$1: ${settings.prometheusUid}`)
  .replace(/\b(uid|datasourceUid): jaeger$/gm, `$1: ${settings.jaegerUid}`)
  .replace(/\b(uid|datasourceUid): victoria-logs$/gm, `$1: ${settings.victoriaLogsUid}`);
const written = [
  { path: DATA_SOURCES, text: dataSources },
  ...runbooks.runbookFiles(ROOT, settings.counting),
  ...rules.rulesIn(rules.RULES.anchored, settings.counting),
  ...dashboards.generatedFiles(),
];
for (const file of written) writeBelow(out, await formatted(file));
console.log(`wrote ${COPIED.length + written.length} files and folders to ${out}`);
