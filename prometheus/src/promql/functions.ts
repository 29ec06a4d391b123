import { Expression } from './expression.js';
import { Counter, type Histogram } from './metrics.js';

/** As `5m`. */
export type Duration = `${number}${'s' | 'm' | 'h' | 'd'}`;
/** As `5m`, or a variable of Grafana. */
export type Window = Duration | '$__rate_interval' | '$__range' | '$__interval';

export const rate = <L extends string>(series: Counter<L>, window: Window): Expression<L> =>
  new Expression(`rate(${series.selector}[${window}])`);

/**
 * What came in the window by extrapolation, and without the first value of a series: `increaseOver` counts that too.
 */
export const increase = <L extends string>(series: Counter<L>, window: Window): Expression<L> =>
  new Expression(`increase(${series.selector}[${window}])`);

type Aggregation = 'sum' | 'max' | 'min' | 'avg' | 'count';

/** `sum by (a, b) (…)`; without labels, over all. */
export function aggregate<L extends string, B extends L = never>(
  how: Aggregation,
  expression: Expression<L>,
  by: readonly B[] = [],
): Expression<B> {
  const grouping = by.length === 0 ? '' : ` by (${by.join(', ')}) `;
  return new Expression(`${how}${grouping}(${expression.text})`);
}

export const sum = <L extends string, B extends L = never>(
  expression: Expression<L>,
  by: readonly B[] = [],
): Expression<B> => aggregate('sum', expression, by);

/** A quantile of what a histogram saw in the window; `le` is kept, and summed over everything but `by`. */
export function quantile<L extends string, B extends L = never>(
  share: number,
  { buckets }: Histogram<L>,
  window: Window,
  by: readonly B[] = [],
): Expression<B> {
  return quantileOf<L, B>(share, rate(buckets, window), by);
}

/** A quantile of buckets, whatever they are of. */
export function quantileOf<L extends string, B extends L = never>(
  share: number,
  buckets: Expression<L | 'le'>,
  by: readonly B[] = [],
): Expression<B> {
  const summed = sum<L | 'le', B | 'le'>(buckets, ['le', ...by]);
  return new Expression(`histogram_quantile(${share}, ${summed.text})`);
}

export const bottomk = <L extends string>(least: number, expression: Expression<L>): Expression<L> =>
  new Expression(`bottomk(${least}, ${expression.text})`);

/** The highest of all, or of each group. */
export function topk<L extends string, B extends L = never>(
  most: number,
  expression: Expression<L>,
  by: readonly B[] = [],
): Expression<L> {
  const grouping = by.length === 0 ? '' : ` by (${by.join(', ')}) `;
  return new Expression(`topk${grouping}(${most}, ${expression.text})`);
}

type Operator = '+' | '-' | '*' | '/' | '>' | '<' | '>=' | '<=' | '==' | '!=' | 'and' | 'or' | 'unless';

/** Both sides by all their labels, or by those that `on` names. */
export function binary<L extends string, R extends string>(
  left: Expression<L>,
  operator: Operator,
  right: Expression<R> | number,
  { on }: { readonly on?: readonly (L & R)[] } = {},
): Expression<L> {
  const match = on === undefined ? '' : ` on (${on.join(', ')})`;
  const operand = typeof right === 'number' ? String(right) : right.atom;
  return new Expression(`${left.atom} ${operator}${match} ${operand}`, false);
}
