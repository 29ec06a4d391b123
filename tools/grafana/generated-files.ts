import { format, resolveConfig } from 'prettier';
import { dashboards } from '../../grafana/src/dashboards/index.js';
import { FOLDER, type DashboardFile } from './dashboard-files.js';

/** What the sources say. */
export function generatedFiles(): Promise<DashboardFile[]> {
  return Promise.all(
    dashboards().map(async (dashboard) => {
      const path = `${FOLDER}/${dashboard.uid}.json`;
      const options = await resolveConfig(path);
      return { path, text: await format(JSON.stringify(dashboard), { ...options, parser: 'json' }) };
    }),
  );
}
