import type { LabelBound } from '../types.js';
import { UNKNOWN } from '../values.js';
import type { MetricRule } from './rule.js';

/** Series at 0 are series that a recording can reach: all labels, in their sets, and of a sum. */
export const bornAtZero: MetricRule = {
  rule: 'born-at-zero',
  *check(_, { kind, labels, bornAtZero: born = [] }) {
    if (born.length > 0 && kind !== 'counter' && kind !== 'upDownCounter')
      yield `a ${kind} has no series at 0`;
    const seen = new Set<string>();
    for (const series of born) {
      for (const [label, bound] of Object.entries(labels)) {
        const value = series[label];
        if (value === undefined) yield `a series at 0 lacks the label ${label}`;
        else if (!reachable(bound, value))
          yield `a series at 0 has ${label}="${value}", which is not in its set`;
      }
      for (const label of Object.keys(series)) {
        if (!(label in labels)) yield `a series at 0 has the unknown label ${label}`;
      }
      const key = JSON.stringify(Object.entries(series).sort());
      if (seen.has(key)) yield `a series at 0 comes twice: ${key}`;
      seen.add(key);
    }
  },
};

function reachable(bound: LabelBound, value: string): boolean {
  return bound.bound === 'closed' ? bound.values.includes(value) : value === UNKNOWN;
}
