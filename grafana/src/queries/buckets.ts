import {
  Counter,
  sum,
  type Expression,
  type Histogram,
  type Window,
} from '../../../prometheus/src/promql/index.js';
import { definitionOf, type MetricName } from '../../../src/semconv/index.js';
import { growth } from './growth.js';

/** What fell into each bucket in the window; cumulative, as Prometheus has it: the format `heatmap` takes differences. */
export const bucketsFilled = <L extends string>(histogram: Histogram<L>, window: Window): Expression<'le'> =>
  sum<L | 'le', 'le'>(growth(histogram.buckets, window), ['le']);

/** The observations up to a bound, which must be one that the histogram has. */
export function upTo<L extends string>(histogram: Histogram<L>, bound: number): Counter<L> {
  const { buckets = [] } = definitionOf(histogram.name as MetricName);
  if (!buckets.includes(bound)) throw new Error(`${histogram.name} has no bucket that ends at ${bound}`);
  return new Counter(histogram.buckets.selector.replace('}', `,le="${bound}"}`));
}
