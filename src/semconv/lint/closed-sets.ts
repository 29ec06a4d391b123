import { DEAD_LETTER_REASONS, UNKNOWN } from '../values.js';
import type { MetricRule } from './rule.js';

const VALUE = /^[A-Za-z0-9]+(_[A-Za-z0-9]+)*$/;
/** Sets in which `unknown` is a value of the contract, not what stands for a missing one. */
const WITH_UNKNOWN = new Set([DEAD_LETTER_REASONS.join()]);

/** A closed set lists words, each once, and leaves `unknown` and `__overflow__` to those who stand in for values. */
export const closedSets: MetricRule = {
  rule: 'closed-sets',
  *check(_, { labels }) {
    for (const [label, bound] of Object.entries(labels)) {
      if (bound.bound !== 'closed') continue;
      const { values } = bound;
      if (values.length === 0) yield `label ${label} has no values`;
      if (new Set(values).size < values.length) yield `label ${label} has a value twice`;
      if (values.includes(UNKNOWN) && !WITH_UNKNOWN.has(values.join())) {
        yield `label ${label} lists ${UNKNOWN}, which stands for a missing value`;
      }
      for (const value of values) {
        if (!VALUE.test(value))
          yield `label ${label} has the value ${JSON.stringify(value)}, which is no word`;
      }
    }
  },
};
