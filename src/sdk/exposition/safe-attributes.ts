import type { Attributes } from '@opentelemetry/api';
import { wellFormed } from '../../cardinality/label-text.js';
import { labelName } from './names.js';

/**
 * Attributes as labels: valid names, text values. Two attributes that end as one label (`a.b` beside `a_b`) have
 * their values joined by `;`, as the OpenTelemetry specification has it. A label without a value is left out, since to
 * Prometheus it is none.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-attributes
 */
export function safeAttributes(
  attributes: Attributes,
  reserved: ReadonlySet<string>,
): Record<string, string> {
  const labels = new Map<string, string>();
  for (const name of Object.keys(attributes).sort()) {
    const value = attributes[name];
    if (value === undefined || value === null) continue;
    const label = labelName(name, reserved);
    const before = labels.get(label);
    const text = labelValue(value);
    labels.set(label, before === undefined ? text : `${before};${text}`);
  }
  return Object.fromEntries([...labels].filter(([, value]) => value !== ''));
}

/** The identity of a series on the wire. */
export function seriesKey(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function labelValue(value: NonNullable<Attributes[string]>): string {
  return wellFormed(typeof value === 'string' ? value : JSON.stringify(value));
}
