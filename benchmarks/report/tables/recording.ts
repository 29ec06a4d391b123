import type { Result, SuiteResult } from '../../harness/run-suite.js';
import { othersOf, summary } from '../comparison.js';
import { markdownTable, NONE } from '../markdown-table.js';
import { count, duration, number, spread } from '../numbers.js';
import { quotient } from './quotient.js';

/** Subjects that others are compared with. */
function peersIn({ results }: SuiteResult): Result[] {
  return results.filter(({ id }) => results.some(({ comparedWith }) => comparedWith.includes(id)));
}

/** Time and garbage of each, and each of ours divided by each peer. */
export function peersTable(result: SuiteResult): string {
  const peers = peersIn(result);
  return markdownTable(
    ['', 'ns/op', 'p25–p75', 'bytes/op', ...peers.map(({ label }) => `÷ ${label}`)],
    result.results.map((one) => [...timeOf(one), ...quotientsOf(one, peers)]),
  );
}

/** The same, and what is held of recordings that are each of a new series. */
export function overflowTable(result: SuiteResult): string {
  const peers = peersIn(result);
  return markdownTable(
    ['', 'ns/op', 'p25–p75', 'bytes/op', 'series', 'held, MB', ...peers.map(({ label }) => `÷ ${label}`)],
    result.results.map((one) => [
      ...timeOf(one),
      count(summary(one, 'series').median),
      number(Math.max(0, summary(one, 'held').median) / 1e6),
      ...quotientsOf(one, peers),
    ]),
  );
}

/** Time, throughput and garbage of each, and what it adds to its baseline. */
export function baselineTable(result: SuiteResult): string {
  return markdownTable(
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

function timeOf(one: Result): string[] {
  const nanos = summary(one, 'nanos');
  return [one.label, number(nanos.median), spread(nanos), count(summary(one, 'bytes').median)];
}

function quotientsOf(one: Result, peers: readonly Result[]): string[] {
  return peers.map((peer) => (one.comparedWith.includes(peer.id) ? quotient(one, peer, 'nanos') : NONE));
}

function signed(nanos: number): string {
  return nanos < 0 ? `−${duration(-nanos)}` : duration(nanos);
}
