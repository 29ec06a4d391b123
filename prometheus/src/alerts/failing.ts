import { binary, type Expression, type Duration } from '../promql/index.js';

interface Limit {
  /** Of all, how many may fail in the window. */
  readonly ratio: number;
  readonly window: Duration;
  readonly minimumErrors: number;
  /** How many have failed is counted over as long as this: where little happens, a short window never has enough. */
  readonly countedOver: Duration;
}

/** More fail than may, and not only a handful. Where nothing ever succeeded, failures are all that is known. */
export function failing<L extends string>(
  failures: (window: Duration) => Expression<L>,
  successes: (window: Duration) => Expression<L>,
  { ratio, window, minimumErrors, countedOver }: Limit,
): Expression<L> {
  const failed = failures(window);
  const all = binary(binary(failed, '+', successes(window)), 'or', failed);
  const share = binary(binary(failed, '/', all), '>', ratio);
  return binary(share, 'and', binary(failures(countedOver), '>=', minimumErrors));
}
