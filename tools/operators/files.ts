// What operators deploy, with the settings that prometheus/src/settings.ts has when this is loaded.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG } from '../../prometheus/src/settings.js';
import { generatedFiles } from '../grafana/generated-files.js';
import type { GeneratedFile } from '../generated-files.js';
import { RULES, rulesIn } from '../prometheus/files.js';
import { runbookFiles } from '../prometheus/runbooks.js';

/** As they stand in the checkout, and in the package. */
export const COPIED = [
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

/** @param root - of the checkout or the package */
export function writtenFiles(root: string): GeneratedFile[] {
  return [
    { path: DATA_SOURCES, text: dataSources(root) },
    ...runbookFiles(root, CONFIG.counting),
    ...rulesIn(RULES.anchored, CONFIG.counting),
    ...generatedFiles(),
  ];
}

/** The data sources under the uids that the dashboards ask for. */
const dataSources = (root: string): string =>
  readFileSync(join(root, DATA_SOURCES), 'utf8')
    .replace(/\b(uid|datasourceUid): prometheus$/gm, `$1: ${CONFIG.prometheusUid}`)
    .replace(/\b(uid|datasourceUid): jaeger$/gm, `$1: ${CONFIG.jaegerUid}`)
    .replace(/\b(uid|datasourceUid): victoria-logs$/gm, `$1: ${CONFIG.victoriaLogsUid}`);
