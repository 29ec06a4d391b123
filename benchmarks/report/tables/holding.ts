import type { Result, SuiteResult } from '../../harness/run-suite.js';
import { acrossSubjects } from '../../goals/goal.js';
import { summaryOf } from '../../harness/statistics.js';
import { othersOf, summary } from '../comparison.js';
import { markdownTable, NONE } from '../markdown-table.js';
import { count, number, ratio, spread } from '../numbers.js';
import { quotient } from './quotient.js';

/** What a series takes before and after scrapes. */
export function memoryTable(result: SuiteResult): string {
  const [before, after] = ['bytes/series, before a scrape', 'after two scrapes'];
  return markdownTable(
    ['', before, 'p25–p75', after, 'p25–p75', 'rounds', '÷ prom-client', '÷ OpenTelemetry'],
    result.results.map((one) => {
      const [first, second] = othersOf(result, one);
      const [unscraped, scraped] = [summary(one, 'unscraped'), summary(one, 'scraped')];
      return [
        one.label,
        count(unscraped.median),
        spread(unscraped),
        count(scraped.median),
        spread(scraped),
        count(scraped.count),
        first ? quotient(one, first, 'scraped') : NONE,
        second ? quotient(one, second, 'scraped') : NONE,
      ];
    }),
  );
}

/** What was held after the first, the middle and the last interval. */
export function churnTable(result: SuiteResult): string {
  const recordings = summary(result.results[0] as Result, 'recordings').values;
  const shown = [0, Math.floor((recordings.length - 1) / 2), recordings.length - 1];
  const at = (values: readonly number[], which: number): number => values[which] ?? NaN;
  return markdownTable(
    [
      '',
      'series at the end',
      ...shown.map((which) => `held after ${count(at(recordings, which))} recordings, MB`),
      'last ÷ first',
    ],
    result.results.map((one) => {
      const held = summary(one, 'held').values;
      return [
        one.label,
        count(summary(one, 'series').median),
        ...shown.map((which) => number(at(held, which) / 1e6)),
        ratio(at(held, shown[2] as number) / at(held, 0)),
      ];
    }),
  );
}

/** Nanoseconds of a recording by the number of series, a line for each implementation. */
export function growthTable({ results }: SuiteResult): string {
  const kinds = new Map<string, Result[]>();
  for (const one of results) kinds.set(one.label, [...(kinds.get(one.label) ?? []), one]);
  const [sizes = []] = kinds.values();
  return markdownTable(
    ['', ...sizes.map((one) => `${count(summary(one, 'series').median)} series`), 'dearest ÷ one series'],
    [...kinds].map(([label, ofKind]) => {
      const figures = acrossSubjects(
        (id, measure) => summary(ofKind.find((one) => one.id === id) as Result, measure).values,
        ofKind.map(({ id }) => id),
        'nanos',
        (nanos) => Math.max(...nanos) / (nanos[0] ?? NaN),
      );
      return [
        label,
        ...ofKind.map((one) => `${number(summary(one, 'nanos').median)} (${spread(summary(one, 'nanos'))})`),
        ratio(summaryOf(figures).median),
      ];
    }),
  );
}
