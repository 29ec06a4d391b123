import { dashboards } from '../../grafana/src/dashboards/index.js';
import { portable } from '../../prometheus/src/promql/index.js';
import { CONFIG } from '../../prometheus/src/settings.js';
import type { GeneratedFile } from '../generated-files.js';
import { FOLDER } from './dashboard-files.js';

/** What the sources say. */
export function generatedFiles(): GeneratedFile[] {
  return dashboards().map((dashboard) => ({
    path: `${FOLDER}/${dashboard.uid}.json`,
    text: JSON.stringify(dashboard, (_, value: unknown) =>
      typeof value === 'string' && CONFIG.counting === 'portable' ? portable(value) : value,
    ),
  }));
}
