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
 * their values joined by `;`, as the OpenTelemetry specification has it. A label without a value is left out, since to
 * Prometheus it is none.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-attributes
 */
export function labelPairs(attributes: Attributes, reserved: ReadonlySet<string>): LabelPairs {
  let plain = true;
  const labels = new Map<string, string>();
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (value === undefined || value === null) continue;
    const label = labelName(name, reserved);
    const text = wellFormed(typeof value === 'string' ? value : JSON.stringify(value));
    const before = labels.get(label);
    labels.set(label, before === undefined ? text : `${before};${text}`);
    plain &&= label === name && typeof value === 'string' && value !== '';
  }
  let text = '';
  for (const [label, value] of labels) {
    if (value !== '') text += `${text === '' ? '' : ','}${label}="${escapedValue(value)}"`;
  }
  return { text: flatText(text), plain }; // in parts it would cost several times its own memory
}

function escapedValue(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
