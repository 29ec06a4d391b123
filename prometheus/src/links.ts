// Where alerts and panels lead.
import { CONFIG } from './settings.js';

/** Uids of the dashboards in grafana/. */
export const DASHBOARDS = [
  'agent-os-overview',
  'agent-os-cmvk',
  'agent-os-amb',
  'agent-os-safety',
  'agent-os-performance',
] as const;
export type Dashboard = (typeof DASHBOARDS)[number];

/** prometheus/runbooks has a file for each alert, named as the alert. */
export const runbookUrl = (alert: string): string => `${CONFIG.runbooksUrl}/${alert}.md`;

/** With the service that an alert is about chosen, where it is about one. */
export const dashboardUrl = (dashboard: Dashboard): string =>
  `${CONFIG.grafanaUrl}/d/${dashboard}{{ with $labels.service_name }}?var-service={{ urlquery . }}{{ end }}`;
