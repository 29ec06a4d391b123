import { binary, type Expression } from '../../../prometheus/src/promql/index.js';

/** A share, 0 where there was a whole but no part, and no sample at all where there was no whole. */
export function shareOf(part: Expression, whole: Expression): Expression {
  const some = binary(whole, '>', 0);
  return binary(binary(part, '/', some), 'or', binary(some, '*', 0));
}
