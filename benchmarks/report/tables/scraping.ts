import type { SuiteResult } from '../../harness/run-suite.js';
import { othersOf, summary } from '../comparison.js';
import { markdownTable, NONE } from '../markdown-table.js';
import { count, number, spread } from '../numbers.js';
import { quotient } from './quotient.js';

/** The text of the page, as the process has it. */
export function scrapeTable(result: SuiteResult): string {
  const head = ['', 'series', 'ms', 'p25–p75', 'rounds', 'stall, ms', 'bytes/series', 'page, MB'];
  return markdownTable(
    [...head, '÷ prom-client', '÷ OpenTelemetry'],
    result.results.map((one) => {
      const [first, second] = othersOf(result, one);
      return [
        one.label,
        count(summary(one, 'series').median),
        number(summary(one, 'millis').median),
        spread(summary(one, 'millis')),
        count(summary(one, 'millis').count),
        number(summary(one, 'stallMillis').median),
        count(summary(one, 'bytesPerSeries').median),
        number(summary(one, 'textBytes').median / 1e6),
        first ? quotient(one, first, 'millis') : NONE,
        second ? quotient(one, second, 'millis') : NONE,
      ];
    }),
  );
}

/** The page as a client gets it. */
export function pageTable(result: SuiteResult): string {
  const head = ['', 'series', 'ms', 'p25–p75', 'rounds', 'first byte, ms', 'stall, ms', 'on the wire, MB'];
  return markdownTable(
    [...head, '÷ prom-client', '÷ OpenTelemetry'],
    result.results.map((one) => {
      const [first, second] = othersOf(result, one);
      return [
        one.label,
        count(summary(one, 'series').median),
        number(summary(one, 'millis').median),
        spread(summary(one, 'millis')),
        count(summary(one, 'millis').count),
        number(summary(one, 'firstByteMillis').median),
        number(summary(one, 'stallMillis').median),
        number(summary(one, 'pageBytes').median / 1e6),
        first ? quotient(one, first, 'millis') : NONE,
        second ? quotient(one, second, 'millis') : NONE,
      ];
    }),
  );
}
