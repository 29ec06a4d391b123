export { Expression, number } from './expression.js';
export {
  aggregate,
  binary,
  bottomk,
  increase,
  quantile,
  quantileOf,
  rate,
  sum,
  topk,
  type Duration,
  type Window,
} from './functions.js';
export { increaseOfOthers, increaseOver, quantileOver } from './increase-over.js';
export {
  matches,
  matchesNot,
  not,
  type LabelOf,
  type Match,
  type OriginLabel,
  type Where,
} from './labels.js';
export { boundOf, counter, gauge, histogram, Counter, Histogram } from './metrics.js';
export { portable } from './portable.js';
export { alsoAs } from './relabel.js';
export { absent, deriv, overTime, sumOfSteps } from './over-time.js';
export { thirdPartyCounter, thirdPartyGauge } from './third-party.js';
