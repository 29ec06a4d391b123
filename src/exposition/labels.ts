import type { Attributes } from '@opentelemetry/api';
import { wellFormed } from '../cardinality/label-text.js';

/**
 * Names as Prometheus' text format 0.0.4 accepts them.
 * https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
 */

/** A metric name: other characters become `_`, a leading digit gets one before it. */
export function metricName(name: string): string {
  return safeName(name);
}

/**
 * A label name. Colons are for rules, a double underscore at the start is reserved, and `le` on a histogram would
 * clash with its buckets: that one becomes `exported_le`, as Prometheus itself names such clashes.
 */
export function labelName(name: string, reserved: ReadonlySet<string>): string {
  const safe = safeName(name);
  return reserved.has(safe) ? `exported_${safe}` : safe;
}

export const HISTOGRAM_RESERVED: ReadonlySet<string> = new Set(['le']);
export const NONE_RESERVED: ReadonlySet<string> = new Set();

function safeName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9_]/g, '_').replace(/_{2,}/g, '_');
  if (safe === '') return '_';
  return /^[0-9]/.test(safe) ? `_${safe}` : safe;
}

/** Kept, so that no compiler leaves the reading out. */
let firstCode = 0;

/**
 * The same text in one chunk of memory. What was put together by `+` is a tree of its parts until somebody reads it: read
 * now, the parts are garbage while they are young, and nobody pays for all chunks of a page at once.
 */
export function flatText(text: string): string {
  firstCode = text.charCodeAt(0);
  return Number.isNaN(firstCode) ? '' : text;
}

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
