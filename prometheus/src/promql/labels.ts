import type { MetricLabels, MetricName } from '../../../src/semconv/index.js';

/** What every series has of where it comes from, whichever way it came. */
export type OriginLabel =
  | 'service_name'
  | 'service_version'
  | 'service_instance_id'
  | 'agent_os_kernel_id'
  | 'deployment_environment_name'
  | 'job'
  | 'instance';

/** The labels of a metric's series in Prometheus. */
export type LabelOf<N extends MetricName> = (keyof MetricLabels<N> & string) | OriginLabel;

/** An operator and its operand, where plain equality will not do. */
export class Match {
  constructor(
    readonly operator: '!=' | '=~' | '!~',
    readonly value: string,
  ) {}
}

export const not = (value: string): Match => new Match('!=', value);
/** Anchored at both ends, as Prometheus does; a variable of Grafana, as `$service`, is one. */
export const matches = (expression: string): Match => new Match('=~', expression);
export const matchesNot = (expression: string): Match => new Match('!~', expression);

type ValueOf<N extends MetricName, L> = L extends keyof MetricLabels<N> ? MetricLabels<N>[L] : string;

/** Labels that the metric has, with values that they can have: anything else does not compile. */
export type Where<N extends MetricName> = { readonly [L in LabelOf<N>]?: ValueOf<N, L> | Match };

/** `{a="b",c=~"d"}`, nothing for nothing. */
export function selectorText(where: Readonly<Record<string, string | Match | undefined>>): string {
  const parts = Object.entries(where).flatMap(([label, match]) => {
    if (match === undefined) return [];
    const { operator, value } = typeof match === 'string' ? { operator: '=', value: match } : match;
    return [`${label}${operator}${JSON.stringify(value)}`];
  });
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}
