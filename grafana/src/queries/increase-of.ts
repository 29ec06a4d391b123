import {
  increaseOver,
  sum,
  type Expression,
  type LabelOf,
  type Where,
  type Window,
} from '../../../prometheus/src/promql/index.js';
import type { MetricNameOfKind } from '../../../src/semconv/index.js';
import { counted } from './scope.js';

/** How much a counter of the chosen services increased in the window, by some of its labels. */
export function increaseOf<N extends MetricNameOfKind<'counter'>, B extends LabelOf<N> = never>(
  name: N,
  window: Window,
  { where = {}, by = [] }: { readonly where?: Where<N>; readonly by?: readonly B[] } = {},
): Expression<B> {
  return sum(increaseOver(counted(name, where), window), by);
}
