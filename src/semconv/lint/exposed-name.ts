import type { MetricDefinition } from '../types.js';
import type { MetricRule } from './rule.js';

const SUFFIX_OF_UNIT: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes', '1': '_ratio' };

/**
 * The name on /metrics, through OTLP and through each translation strategy is the declared one: translators append a
 * unit that the name does not end with already, and `_ratio` to a gauge of unit 1.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export const exposedName: MetricRule = {
  rule: 'exposed-name',
  *check(name, definition) {
    if (!keepsName(name, definition)) {
      yield `unit "${definition.unit}" of a ${definition.kind} would change the exposed name`;
    }
  },
};

function keepsName(name: string, { kind, unit }: MetricDefinition): boolean {
  const annotated = unit.startsWith('{') && unit.endsWith('}');
  if (kind === 'counter' || annotated) return annotated;
  if (unit === '') return true;
  const suffix = SUFFIX_OF_UNIT[unit];
  return suffix !== undefined && name.endsWith(suffix);
}
