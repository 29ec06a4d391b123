import type { MetricRule } from './rule.js';

/** A reader tells a counter by its `_total`, and takes nothing else for one. */
export const counterTotal: MetricRule = {
  rule: 'counter-total',
  *check(name, { kind }) {
    if (kind === 'counter' && !name.endsWith('_total')) yield 'a counter ends with _total';
    if (kind !== 'counter' && name.endsWith('_total')) yield `a ${kind} does not end with _total`;
  },
};
