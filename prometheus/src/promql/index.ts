export { Expression, number } from './expression.js';
export {
  aggregate,
  binary,
  increase,
  quantile,
  rate,
  sum,
  topk,
  type Duration,
  type Window,
} from './functions.js';
export { matches, matchesNot, not, type LabelOf, type OriginLabel, type Where } from './labels.js';
export { counter, gauge, histogram, Counter, Histogram } from './metrics.js';
