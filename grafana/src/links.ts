import {
  DashboardLinkBuilder,
  DashboardLinkType,
  type DashboardLink,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARDS, type Dashboard } from '../../prometheus/src/links.js';
import { JAEGER_UID } from './theme.js';

export const TITLES: Readonly<Record<Dashboard, string>> = {
  'agent-os-overview': 'Agent OS: overview',
  'agent-os-cmvk': 'Agent OS: cross-model verification',
  'agent-os-amb': 'Agent OS: message bus',
  'agent-os-safety': 'Agent OS: safety',
  'agent-os-performance': 'Agent OS: performance',
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

interface Search {
  readonly title: string;
  /** Each a constant, or a column of the row as `${__data.fields.agent_id}`. */
  readonly service: string;
  readonly operation?: string;
  /** Attributes of spans. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** From a row to the traces of what it counts, within the time of the page. */
export function tracesLink({ title, service, operation, tags = {} }: Search): DashboardLink {
  const query = {
    refId: 'A',
    queryType: 'search',
    datasource: { type: 'jaeger', uid: JAEGER_UID },
    service,
    ...(operation !== undefined && { operation }),
    tags: Object.entries(tags)
      .map(([key, value]) => `${key}="${value}"`)
      .join(' '),
    limit: 20,
  };
  return explore(title, query);
}

/** From a row to the one trace that its column `trace_id` names. */
export function traceLink(title: string): DashboardLink {
  const query = {
    refId: 'A',
    datasource: { type: 'jaeger', uid: JAEGER_UID },
    query: '${__data.fields.trace_id}',
  };
  return explore(title, query);
}

function explore(title: string, query: object): DashboardLink {
  const range = { from: '${__from}', to: '${__to}' };
  const panes = { traces: { datasource: JAEGER_UID, queries: [query], range } };
  return new DashboardLinkBuilder(title)
    .url(`/explore?schemaVersion=1&orgId=1&panes=${encodeAroundVariables(JSON.stringify(panes))}`)
    .targetBlank(true)
    .build();
}

/** Grafana fills in variables before the browser decodes the address. */
const encodeAroundVariables = (text: string): string =>
  text
    .split(/(\$\{[^}]+\})/)
    .map((part) => (part.startsWith('${') ? part : encodeURIComponent(part)))
    .join('');
