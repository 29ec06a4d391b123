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
