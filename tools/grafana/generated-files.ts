import { dashboards } from '../../grafana/src/dashboards/index.js';
import type { GeneratedFile } from '../generated-files.js';
import { FOLDER } from './dashboard-files.js';

/** What the sources say. */
export function generatedFiles(): GeneratedFile[] {
  return dashboards().map((dashboard) => ({
    path: `${FOLDER}/${dashboard.uid}.json`,
    text: JSON.stringify(dashboard),
  }));
}
