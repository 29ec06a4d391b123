import type { MetricRule } from './rule.js';

/** Histograms, and only they, have buckets: finite, ascending, above zero; +Inf is the exporter's. */
export const buckets: MetricRule = {
  rule: 'buckets',
  *check(_, { kind, buckets: bounds }) {
    if (kind !== 'histogram') {
      if (bounds !== undefined) yield `a ${kind} has no buckets`;
      return;
    }
    if (bounds === undefined || bounds.length === 0) {
      yield 'a histogram without buckets would take the defaults of the SDK, made for milliseconds';
      return;
    }
    for (const [i, bound] of bounds.entries()) {
      if (!Number.isFinite(bound)) yield `bucket ${bound} is not finite`;
      else if (bound <= (bounds[i - 1] ?? 0)) yield `bucket ${bound} does not ascend`;
    }
  },
};
