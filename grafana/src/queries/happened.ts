import {
  increase,
  sum,
  type Counter,
  type Expression,
  type LabelOf,
  type Where,
  type Window,
} from '../../../prometheus/src/promql/index.js';
import { definitionOf, type MetricName, type MetricNameOfKind } from '../../../src/semconv/index.js';
import { growth } from './growth.js';
import { counted } from './scope.js';

/** How much a counter grew in the window, by some of its labels. */
export function happened<N extends MetricNameOfKind<'counter'>, B extends LabelOf<N> = never>(
  name: N,
  window: Window,
  { where = {}, by = [] }: { readonly where?: Where<N>; readonly by?: readonly B[] } = {},
): Expression<B> {
  const series: Counter<LabelOf<N>> = counted(name, where);
  return sum(startsWhole(name) ? increase(series, window) : growth(series, window), by);
}

/** Whether all series that a metric can have are there at 0 before anything happens. */
export function startsWhole(name: MetricName): boolean {
  const { labels, initialSeries = [] } = definitionOf(name);
  const bounds = Object.values(labels);
  const sizes = bounds.map((bound) => (bound.bound === 'closed' ? bound.values.length : Infinity));
  return initialSeries.length === sizes.reduce((all, size) => all * size, 1);
}
