import { Expression } from './expression.js';

/** With the value of one label under another name too: labels of the same name that an alert has take its place. */
export const alsoAs = <L extends string, F extends L, T extends string>(
  expression: Expression<L>,
  from: F,
  to: T,
): Expression<L | T> => new Expression(`label_replace(${expression.text}, "${to}", "$1", "${from}", "(.*)")`);
