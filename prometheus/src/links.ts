// Where people read and look: put your own addresses here and run `npm run rules:generate`.

/** Of the stack on one machine: Prometheus serves prometheus/runbooks there with --web.user-assets. */
const RUNBOOKS = 'http://127.0.0.1:9090/user';
const GRAFANA = 'http://127.0.0.1:3000';

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
export const runbookUrl = (alert: string): string => `${RUNBOOKS}/${alert}.md`;

export const dashboardUrl = (dashboard: Dashboard): string => `${GRAFANA}/d/${dashboard}`;
