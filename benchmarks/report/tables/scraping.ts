import type { Result, SuiteResult } from '../../harness/run-suite.js';
import { othersOf, summary } from '../comparison.js';
import { markdownTable, NONE } from '../markdown-table.js';
import { count, number, spread } from '../numbers.js';
import { quotient } from './quotient.js';

/** Columns of one kind of page, by their head. */
type Columns = Readonly<Record<string, (one: Result) => string>>;

const median = (measure: string) => (one: Result) => number(summary(one, measure).median);
const megabytes = (measure: string) => (one: Result) => number(summary(one, measure).median / 1e6);
const STALL = { 'stall, ms': median('stallMillis') };

/** The text of the page, as the process has it. */
export function scrapeTable(result: SuiteResult): string {
  const bytesPerSeries = (one: Result): string => count(summary(one, 'bytesPerSeries').median);
  return table(result, { ...STALL, 'bytes/series': bytesPerSeries, 'page, MB': megabytes('textBytes') });
}

/** The page as a client gets it. */
export function pageTable(result: SuiteResult): string {
  const firstByte = { 'first byte, ms': median('firstByteMillis') };
  return table(result, { ...firstByte, ...STALL, 'on the wire, MB': megabytes('pageBytes') });
}

function table(result: SuiteResult, columns: Columns): string {
  const head = ['', 'series', 'ms', 'p25–p75', 'rounds', ...Object.keys(columns)];
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
        ...Object.values(columns).map((column) => column(one)),
        first ? quotient(one, first, 'millis') : NONE,
        second ? quotient(one, second, 'millis') : NONE,
      ];
    }),
  );
}
