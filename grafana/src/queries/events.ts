// LogsQL over the events of the registry, as VictoriaLogs stores them: attributes are fields of their own names.
import { AGENT_VARIABLE } from '../../../prometheus/src/links.js';
import { ATTR_AGENT_ID } from '../../../src/semconv/attributes.js';
import type { EventAttributeName, EventName } from '../../../src/semconv/index.js';

/** Fields that every record has, beside its attributes. */
type CommonField =
  'event_name' | 'trace_id' | 'service.name' | 'deployment.environment.name' | 'severity_text';

export type EventColumns<N extends EventName> = Readonly<
  Partial<Record<EventAttributeName<N> | CommonField, string>>
>;

export interface AskedEvents<N extends EventName> {
  /** Those of any name, where it says none. */
  readonly events?: readonly N[];
  /** LogsQL beside the names of the events. */
  readonly where?: string;
  readonly columns: EventColumns<N>;
}

/** Those of the agent page's agent; none while it has none. */
export const OF_ONE_AGENT = `"${ATTR_AGENT_ID}":* "${ATTR_AGENT_ID}":=\`\${${AGENT_VARIABLE}:raw}\``;

/**
 * The newest events of those names, of the environments and services that the page has chosen. Between backquotes a regular
 * expression stands as it is, and `.*` matches what lacks the field too.
 */
export function eventsQuery<N extends EventName>(
  { events = [], where, columns }: AskedEvents<N>,
  most: number,
): string {
  const fields = ['_time', '_msg', ...Object.keys(columns)].map(quoted);
  return [
    events.length === 0 ? 'event_name:="agent_os."*' : `event_name:in(${events.map(quoted).join(', ')})`,
    '"deployment.environment.name":~`^(${environment:regex})$`',
    '"service.name":~`^(${service:regex})$`',
    ...(where === undefined ? [] : [where]),
    `| sort by (_time desc) limit ${most}`,
    `| fields ${fields.join(', ')}`,
  ].join(' ');
}

const quoted = (name: string): string => `"${name}"`;
