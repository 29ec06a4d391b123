// deploy/kubernetes/backend.yaml, the one file that a person edits: where the gateways send.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ROOT } from './collector-files.js';
import type { KubernetesObject } from './object.js';

export const BACKEND_FILE = 'deploy/kubernetes/backend.yaml';

/** Of the ConfigMap, and of the Secret that no file here holds. */
export const BACKEND = 'collector-backend';

/** Keys of the ConfigMap that are each a file of backends/; the same file may be several. */
export const BACKEND_SLOTS = ['TRACES_BACKEND', 'METRICS_BACKEND', 'LOGS_BACKEND'] as const;

export function backendObjects(): KubernetesObject[] {
  const text = readFileSync(join(ROOT, BACKEND_FILE), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

/** What the ConfigMap sets. */
export function backendSettings(): Readonly<Record<string, string>> {
  const found = backendObjects().find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === BACKEND,
  );
  if (found === undefined) throw new Error(`${BACKEND_FILE} has no ConfigMap ${BACKEND}`);
  return found['data'] as Record<string, string>;
}

/** As the checker names them, each once: `backends/jaeger`. */
export function chosenBackends(settings = backendSettings()): string[] {
  const names = BACKEND_SLOTS.map((slot) => (settings[slot] ?? '').replace(/\.yaml$/, ''));
  return [...new Set(names)];
}
