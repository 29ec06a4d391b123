import type { SuiteResult } from '../../harness/run-suite.js';
import { paired, ratioOf, summaryOf, type Summary } from '../../harness/statistics.js';
import { othersOf, summary } from '../comparison.js';
import { markdownTable, NONE } from '../markdown-table.js';
import { count, number, ratio, spread } from '../numbers.js';
import { quotient } from './quotient.js';

export function startUpTable(result: SuiteResult): string {
  const node = result.results.find(({ id }) => id === 'node-alone');
  if (node === undefined) throw new Error('the start-up suite has nothing to take off');
  const withoutNode = (millis: Summary): Summary =>
    summaryOf(paired(millis.values, summary(node, 'millis').values, (all, alone) => all - alone));
  return markdownTable(
    ['', 'ms', 'p25–p75', 'rounds', 'without Node, ms', '÷ `NodeSDK`', '÷ `NodeSDK`, both without Node'],
    result.results.map((one) => {
      const millis = summary(one, 'millis');
      const [peer] = othersOf(result, one);
      return [
        one.label,
        number(millis.median),
        spread(millis),
        count(millis.count),
        one === node ? NONE : number(withoutNode(millis).median),
        peer ? quotient(one, peer, 'millis') : NONE,
        peer ? ratio(ratioOf(withoutNode(millis), withoutNode(summary(peer, 'millis'))).median) : NONE,
      ];
    }),
  );
}
