import type { Attributes } from '@opentelemetry/api';
import { wellFormed } from '../../cardinality/label-text.js';
import { flatText } from './flat-text.js';
import { labelName } from './names.js';

/** Labels as they stand between the braces. */
export interface LabelPairs {
  readonly text: string;
  /** Attributes that differ have texts that differ: names are as they were, values are text. */
  readonly plain: boolean;
}

/**
 * Attributes as labels: valid names, text values. Two attributes that end as one label (`a.b` beside `a_b`) have
 * their values joined by `;`, in the order of their own names, as the OpenTelemetry specification has it. A label without a
 * value is left out, since to Prometheus it is none. Where names are as they were, so is their order; else it is that of
 * the labels, so that sets which become equal have one text.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-attributes
 */
export function labelPairs(attributes: Attributes, reserved: ReadonlySet<string>): LabelPairs {
  const given = Object.keys(attributes);
  const named = given.every((name) => labelName(name, reserved) === name);
  if (!named) given.sort();
  let plain = named;
  const labels = new Map<string, string>();
  for (const name of given) {
    const value = attributes[name];
    if (value === undefined || value === null) continue;
    const label = named ? name : labelName(name, reserved);
    const text = wellFormed(typeof value === 'string' ? value : JSON.stringify(value));
    const before = labels.get(label);
    labels.set(label, before === undefined ? text : `${before};${text}`);
    plain &&= typeof value === 'string' && value !== '';
  }
  const pairs = named ? labels : [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
  let text = '';
  for (const [label, value] of pairs) {
    if (value !== '') text += `${text === '' ? '' : ','}${label}="${escapedValue(value)}"`;
  }
  return { text: flatText(text), plain }; // in parts it would cost several times its own memory
}

function escapedValue(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
