import type { MetricRule } from './rule.js';

/** Time is in seconds and says so: unit and suffix come together or not at all. */
export const secondsSuffix: MetricRule = {
  rule: 'seconds-suffix',
  *check(name, { unit }) {
    if (unit === 's' && !name.endsWith('_seconds')) yield 'a metric of unit s ends with _seconds';
    if (unit !== 's' && name.endsWith('_seconds')) yield 'a metric that ends with _seconds has unit s';
  },
};
