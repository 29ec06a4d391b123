// Where alerts and panels lead.
import { CONFIG } from './settings.js';

/** Uids of the dashboards in grafana/. */
export const DASHBOARDS = [
  'agent-os-overview',
  'agent-os-cmvk',
  'agent-os-amb',
  'agent-os-safety',
  'agent-os-performance',
  'agent-os-agent',
  'agent-os-fleet',
] as const;
export type Dashboard = (typeof DASHBOARDS)[number];

/** prometheus/runbooks has a file for each alert, named as the alert. */
export const runbookUrl = (alert: string): string => `${CONFIG.runbooksUrl}/${alert}.md`;

/** Of the page of one agent; other pages have several of them in `agent`. */
export const AGENT_VARIABLE = 'agent_id';

/** The page of the agent that an alert names. */
export const agentUrl = (): string =>
  `${dashboardUrl('agent-os-agent')}{{ if $labels.service_name }}&{{ else }}?{{ end }}var-${AGENT_VARIABLE}={{ urlquery $labels.agent_id }}`;

/** With the service that an alert is about chosen, where it is about one. */
export const dashboardUrl = (dashboard: Dashboard): string =>
  `${CONFIG.grafanaUrl}/d/${dashboard}{{ with $labels.service_name }}?var-service={{ urlquery . }}{{ end }}`;
