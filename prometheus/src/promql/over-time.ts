import { Expression } from './expression.js';
import type { Duration, Window } from './functions.js';
import type { Counter } from './metrics.js';

type Series<L extends string> = Counter<L> | Expression<L>;

/** Of a counter or a gauge: nothing else has a range. */
const selectorOf = (series: Series<string>): string =>
  series instanceof Expression ? series.text : series.selector;

/** `last_over_time(…[5m] offset 1h)`: one value for each series that had a sample in the window. */
export function overTime<L extends string>(
  how: 'last' | 'max' | 'min' | 'sum' | 'absent',
  series: Series<L>,
  window: Window,
  offset?: Window,
): Expression<L> {
  const back = offset === undefined ? '' : ` offset ${offset}`;
  return new Expression(`${how}_over_time(${selectorOf(series)}[${window}]${back})`);
}

/** How much a gauge changes in a second, by all its samples in the window. */
export const deriv = <L extends string>(gauge: Expression<L>, window: Duration): Expression<L> =>
  new Expression(`deriv(${gauge.text}[${window}])`);

/**
 * The sum of values that are each of one step, side by side: of a series that says at any time what came in the last 5
 * minutes, that is what came in the window, without gap or overlap.
 */
export const sumOfSteps = <L extends string>(
  series: Expression<L>,
  window: Window,
  step: Duration,
): Expression<L> => new Expression(`sum_over_time(${series.text}[${window}:${step}])`);

/** 1 where there is no such series at all. */
export const absent = <L extends string>(series: Expression<L>): Expression =>
  new Expression(`absent(${series.text})`);
