import {
  DashboardLinkBuilder,
  DashboardLinkType,
  type DashboardLink,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { AGENT_VARIABLE, DASHBOARDS, type Dashboard } from '../../prometheus/src/links.js';
import { JAEGER_UID } from './theme.js';

export const TITLES: Readonly<Record<Dashboard, string>> = {
  'agent-os-overview': 'Agent OS: overview',
  'agent-os-cmvk': 'Agent OS: cross-model verification',
  'agent-os-amb': 'Agent OS: message bus',
  'agent-os-safety': 'Agent OS: safety',
  'agent-os-performance': 'Agent OS: performance',
  'agent-os-agent': 'Agent OS: one agent',
  'agent-os-fleet': 'Agent OS: fleet',
};

/** From each page to the others, with the same choices and the same time. */
export const linksFrom = (uid: Dashboard): DashboardLink[] =>
  DASHBOARDS.filter((other) => other !== uid).map((other) =>
    new DashboardLinkBuilder(TITLES[other].replace('Agent OS: ', ''))
      .type(DashboardLinkType.Link)
      .url(`/d/${other}`)
      .icon('dashboard')
      .tooltip(TITLES[other])
      .includeVars(true)
      .keepTime(true)
      .build(),
  );

/** What a row says in its column; a name with a dot is no path. */
const cell = (column: string): string =>
  column.includes('.') ? `\${__data.fields["${column}"]}` : `\${__data.fields.${column}}`;

/** By what names an agent and a service, in series or in events. */
const AGENT = ['agent_id', 'agent.id'];
const SERVICE = ['service_name', 'service.name'];

/** From each row that names an agent or a service to the pages about them: no table is an end. */
export function linksOfRows(columns: readonly string[]): DashboardLink[] {
  const agent = AGENT.find((name) => columns.includes(name));
  const service = SERVICE.find((name) => columns.includes(name));
  const chosen = service === undefined ? '${service:queryparam}' : `var-service=${cell(service)}`;
  const rest = `${chosen}&\${environment:queryparam}&\${datasource:queryparam}&\${__url_time_range}`;
  const toPage = (title: string, uid: Dashboard, query: string) =>
    new DashboardLinkBuilder(title).url(`/d/${uid}?${query}`).build();
  return [
    ...(agent === undefined
      ? []
      : [toPage('This agent', 'agent-os-agent', `var-${AGENT_VARIABLE}=${cell(agent)}&${rest}`)]),
    ...(service === undefined ? [] : [toPage('Kernels of this service', 'agent-os-fleet', rest)]),
  ];
}

/** Where the runbooks are, as the Watchdog says it. */
export const RUNBOOKS_VARIABLE = 'runbooks';

/** From a row to the runbook of the alert that it names. */
export const runbookLink = (): DashboardLink =>
  new DashboardLinkBuilder('Runbook')
    .url(`\${${RUNBOOKS_VARIABLE}:raw}/${cell('alertname')}.md`)
    .targetBlank(true)
    .build();

interface Search {
  readonly title: string;
  /** Each a constant, or a column of the row as `${__data.fields.agent_id}`. */
  readonly service: string;
  readonly operation?: string;
  /** Attributes of spans. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** A search of Jaeger's, by a link or a panel. */
export const tracesQuery = ({ service, operation, tags = {} }: Omit<Search, 'title'>) => ({
  refId: 'A',
  queryType: 'search' as const,
  datasource: { type: 'jaeger' as const, uid: JAEGER_UID },
  service,
  ...(operation !== undefined && { operation }),
  tags: Object.entries(tags)
    .map(([key, value]) => `${key}="${value}"`)
    .join(' '),
  limit: 20,
});

/** From a row to the traces of what it counts, within the time of the page. */
export const tracesLink = ({ title, ...search }: Search): DashboardLink =>
  explore(title, tracesQuery(search));

/** From a row to the one trace that its column `trace_id` names. */
export function traceLink(title: string): DashboardLink {
  const query = {
    refId: 'A',
    datasource: { type: 'jaeger', uid: JAEGER_UID },
    query: cell('trace_id'),
  };
  return explore(title, query);
}

function explore(title: string, query: object): DashboardLink {
  const range = { from: '${__from}', to: '${__to}' };
  const panes = { traces: { datasource: JAEGER_UID, queries: [query], range } };
  return new DashboardLinkBuilder(title)
    .url(`/explore?schemaVersion=1&panes=${encodeAroundVariables(JSON.stringify(panes))}`)
    .targetBlank(true)
    .build();
}

/** Grafana fills in variables before the browser decodes the address. */
const encodeAroundVariables = (text: string): string =>
  text
    .split(/(\$\{[^}]+\})/)
    .map((part) => (part.startsWith('${') ? part : encodeURIComponent(part)))
    .join('');
