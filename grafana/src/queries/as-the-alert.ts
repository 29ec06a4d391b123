import { aggregate, binary, type Expression } from '../../../prometheus/src/promql/index.js';

/**
 * What an alert compares, as one number or one for each of some labels: the highest, so that the panel is red where the
 * alert fires for any of those chosen. No sample where nothing happened: PromQL's NaN is a number to a panel.
 */
export const highest = <L extends string, B extends L = never>(
  measure: Expression<L>,
  by: readonly B[] = [],
): Expression<B> => aggregate('max', binary(measure, '>=', 0), by);
