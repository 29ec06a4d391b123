import {
  binary,
  overTime,
  REMEMBERED,
  sum,
  type Expression,
  type LabelOf,
  type Where,
  type Window,
} from '../../../prometheus/src/promql/index.js';
import type { MetricNameOfKind } from '../../../src/semconv/index.js';
import { counted } from './scope.js';

/**
 * How much a counter grew in a short window, as whole numbers: the value now less the value before it. Windows side by side
 * miss nothing between them, as `increase` does, which sees only the samples within. Of several resets in one window
 * only the last counts: over hours and days, use `happened`.
 */
export function lately<N extends MetricNameOfKind<'counter'>, B extends LabelOf<N> = never>(
  name: N,
  window: Window,
  { where = {}, by = [] }: { readonly where?: Where<N>; readonly by?: readonly B[] } = {},
): Expression<B> {
  const series = counted(name, where);
  const now = overTime('last', series, window);
  const before = overTime('last', series, REMEMBERED, window);
  return sum(binary(binary(binary(now, '-', before), '>=', 0), 'or', now), by);
}
