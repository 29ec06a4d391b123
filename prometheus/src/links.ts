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

/** With the service that an alert is about chosen, where it is about one. */
export const dashboardUrl = (dashboard: Dashboard): string =>
  `${GRAFANA}/d/${dashboard}{{ with $labels.service_name }}?var-service={{ urlquery . }}{{ end }}`;
