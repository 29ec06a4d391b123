import type { Result, SuiteResult } from '../harness/run-suite.js';
import type { SuiteTable } from '../harness/subject.js';
import { othersOf, summary } from './comparison.js';
import { count, duration, number, ratio, spread } from './numbers.js';

type Row = readonly string[];
const NONE = '–';

const TABLES: Readonly<Record<SuiteTable, (result: SuiteResult) => string>> = {
  peers: peersTable,
  baseline: baselineTable,
  scrape: scrapeTable,
  'start-up': startUpTable,
};

export function suiteTable(result: SuiteResult): string {
  return TABLES[result.suite.table](result);
}

function table(head: Row, rows: readonly Row[]): string {
  if (rows.some(({ length }) => length !== head.length)) throw new Error('a row is not as long as the head');
  const line = (cells: Row): string => `| ${cells.join(' | ')} |`;
  const align = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [line(head), line(align), ...rows.map(line)].join('\n');
}

/** Time and garbage of each, and each of ours divided by each peer. */
function peersTable(result: SuiteResult): string {
  const { results } = result;
  const peers = results.filter(({ id }) => results.some(({ comparedWith }) => comparedWith.includes(id)));
  return table(
    ['', 'ns/op', 'p25–p75', 'bytes/op', ...peers.map(({ label }) => `÷ ${label}`)],
    results.map((one) => [
      one.label,
      number(summary(one, 'nanos').median),
      spread(summary(one, 'nanos')),
      count(summary(one, 'bytes').median),
      ...peers.map((peer) => (one.comparedWith.includes(peer.id) ? quotient(one, peer, 'nanos') : NONE)),
    ]),
  );
}

/** Time, throughput and garbage of each, and what it adds to its baseline. */
function baselineTable(result: SuiteResult): string {
  return table(
    ['', 'ns/op', 'p25–p75', 'calls/s', 'bytes/op', '÷ baseline', 'adds'],
    result.results.map((one) => {
      const [baseline] = othersOf(result, one);
      const nanos = summary(one, 'nanos');
      const added = baseline ? nanos.median - summary(baseline, 'nanos').median : undefined;
      return [
        one.label,
        number(nanos.median),
        spread(nanos),
        count(1e9 / nanos.median),
        count(summary(one, 'bytes').median),
        baseline ? quotient(one, baseline, 'nanos') : NONE,
        added === undefined ? NONE : signed(added),
      ];
    }),
  );
}

function scrapeTable(result: SuiteResult): string {
  return table(
    [
      '',
      'series',
      'ms',
      'p25–p75',
      'rounds',
      'stall, ms',
      'bytes/series',
      'page, MB',
      '÷ prom-client',
      '÷ OpenTelemetry',
    ],
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

function startUpTable(result: SuiteResult): string {
  const node = result.results.find(({ id }) => id === 'node-alone');
  if (node === undefined) throw new Error('the start-up suite has nothing to take off');
  const nodeMillis = summary(node, 'millis').median;
  return table(
    ['', 'ms', 'p25–p75', 'rounds', 'without Node, ms', '÷ `NodeSDK`'],
    result.results.map((one) => {
      const { median, count: rounds } = summary(one, 'millis');
      const [peer] = othersOf(result, one);
      return [
        one.label,
        number(median),
        spread(summary(one, 'millis')),
        count(rounds),
        one === node ? NONE : number(median - nodeMillis),
        peer ? quotient(one, peer, 'millis') : NONE,
      ];
    }),
  );
}

function quotient(one: Result, other: Result, measure: string): string {
  return ratio(summary(one, measure).median / summary(other, measure).median);
}

function signed(nanos: number): string {
  return nanos < 0 ? `−${duration(-nanos)}` : duration(nanos);
}
