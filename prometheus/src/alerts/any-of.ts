import { Expression } from '../promql/index.js';

/** A line for each: of those with the same labels, the first. */
export const anyOf = <L extends string>(...expressions: readonly Expression<L>[]): Expression<L> =>
  new Expression(expressions.map(({ atom }) => atom).join('\nor\n'), false);
