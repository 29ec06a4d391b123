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

/** What Prometheus calls the address that people's links lead to; prometheus.yml takes them from its environment. */
export const ADDRESS_LABELS = {
  runbooksUrl: 'agent_os_runbooks_url',
  grafanaUrl: 'agent_os_grafana_url',
  jaegerUrl: 'agent_os_jaeger_url',
  grafanaOrg: 'agent_os_grafana_org',
} as const;

/** In an annotation: what the external label says, else what was written. */
const said = (setting: keyof typeof ADDRESS_LABELS): string =>
  `{{ or $externalLabels.${ADDRESS_LABELS[setting]} "${CONFIG[setting]}" }}`;

/** The label of the Watchdog that says where the runbooks are. */
export const RUNBOOKS_LABEL = 'runbooks_url';

/** Where the runbooks are, in an annotation or a label of an alert. */
export const runbooksUrl = (): string => said('runbooksUrl');

/** prometheus/runbooks has a file for each alert, named as the alert. */
export const runbookUrl = (alert: string): string => `${runbooksUrl()}/${alert}.md`;

/** Of the page of one agent; other pages have several of them in `agent`. */
export const AGENT_VARIABLE = 'agent_id';

/** The page of the agent that an alert names. */
export const agentUrl = (): string =>
  `${dashboardUrl('agent-os-agent')}&var-${AGENT_VARIABLE}={{ urlquery $labels.agent_id }}`;

/** With the service that an alert is about chosen, where it is about one. */
export const dashboardUrl = (dashboard: Dashboard): string =>
  `${said('grafanaUrl')}/d/${dashboard}?orgId=${said('grafanaOrg')}{{ with $labels.service_name }}&var-service={{ urlquery . }}{{ end }}`;

/** The traces of the agent that an alert names, in Jaeger. */
export const tracesUrl = (): string =>
  `${said('jaegerUrl')}/search?service={{ urlquery $labels.service_name }}&tags={{ urlquery (printf "{\\"agent.id\\":%q}" $labels.agent_id) }}`;
