// LogsQL over the events of the registry, as VictoriaLogs stores them: attributes are fields of their own names.
import type { EventAttributeName, EventName } from '../../../src/semconv/index.js';

/** Fields that every record has, beside its attributes. */
type CommonField = 'trace_id' | 'service.name' | 'deployment.environment.name' | 'severity_text';

export type EventColumns<N extends EventName> = Readonly<
  Partial<Record<EventAttributeName<N> | CommonField, string>>
>;

interface Asked<N extends EventName> {
  readonly event: N;
  readonly where?: string;
  readonly columns: EventColumns<N>;
  readonly most: number;
}

/**
 * The newest events of that name, of the environments and services that the page has chosen. Between backquotes a regular
 * expression stands as it is, and `.*` matches what lacks the field too.
 */
export function eventsQuery<N extends EventName>({ event, where, columns, most }: Asked<N>): string {
  const fields = ['_time', '_msg', ...Object.keys(columns)].map((name) => `"${name}"`);
  return [
    `event_name:="${event}"`,
    '"deployment.environment.name":~`^(${environment:regex})$`',
    '"service.name":~`^(${service:regex})$`',
    ...(where === undefined ? [] : [where]),
    `| sort by (_time desc) limit ${most}`,
    `| fields ${fields.join(', ')}`,
  ].join(' ');
}
