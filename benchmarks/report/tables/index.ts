import type { SuiteResult } from '../../harness/run-suite.js';
import type { SuiteTable } from '../../harness/subject.js';
import { churnTable, growthTable, memoryTable } from './holding.js';
import { baselineTable, overflowTable, peersTable } from './recording.js';
import { pageTable, scrapeTable } from './scraping.js';
import { startUpTable } from './start-up.js';

const TABLES: Readonly<Record<SuiteTable, (result: SuiteResult) => string>> = {
  peers: peersTable,
  baseline: baselineTable,
  overflow: overflowTable,
  scrape: scrapeTable,
  page: pageTable,
  memory: memoryTable,
  growth: growthTable,
  churn: churnTable,
  'start-up': startUpTable,
};

/** The tables of a suite, one for each group of its subjects under the heading of the group. */
export function suiteTables(result: SuiteResult): string[] {
  const groups = new Set(result.results.map(({ group }) => group));
  return [...groups].flatMap((group) => {
    const results = result.results.filter((one) => one.group === group);
    const table = TABLES[result.suite.table]({ ...result, results });
    return group === undefined ? [table] : [`### ${group}`, table];
  });
}
