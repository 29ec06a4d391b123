import { format, resolveConfig } from 'prettier';
import { GOALS } from '../goals/index.js';
import type { Result, SuiteResult } from '../harness/run-suite.js';
import { ratioOf, type Summary } from '../harness/statistics.js';
import type { SuiteTable } from '../harness/subject.js';
import { goalsSection } from './goals.js';
import type { Fact } from './machine.js';
import { count, markdownTable, NONE, number, ratio, spread } from './table.js';

export interface Report {
  readonly facts: readonly Fact[];
  readonly results: readonly SuiteResult[];
}

interface Column {
  readonly head: string;
  readonly text: (one: Result) => string;
}

interface Table {
  /** What is timed or weighed: the ratios are of it. */
  readonly measure: string;
  readonly unit: string;
  readonly more?: readonly Column[];
  /** Each subject has one of its own that it is compared with; else each peer has a column. */
  readonly ownBaseline?: true;
}

const SERIES = column('series', (one) => count(median(one, 'series')));
const GARBAGE = column('bytes/op', (one) => count(median(one, 'bytes')));
const STALL = column('stall, ms', (one) => number(median(one, 'stallMillis')));
const megabytes = (head: string, measure: string): Column =>
  column(head, (one) => number(Math.max(0, median(one, measure)) / 1e6));

const TABLES: Readonly<Record<SuiteTable, Table>> = {
  peers: { measure: 'nanos', unit: 'ns/op', more: [GARBAGE] },
  overflow: { measure: 'nanos', unit: 'ns/op', more: [GARBAGE, SERIES, megabytes('held, MB', 'held')] },
  baseline: { measure: 'nanos', unit: 'ns/op', more: [GARBAGE], ownBaseline: true },
  delivery: { measure: 'nanos', unit: 'ns/span of processor time' },
  'queued-span': { measure: 'held', unit: 'bytes/span' },
  push: { measure: 'millis', unit: 'ms', more: [STALL] },
  growth: { measure: 'nanos', unit: 'ns/op', more: [SERIES], ownBaseline: true },
  scrape: {
    measure: 'millis',
    unit: 'ms',
    more: [
      SERIES,
      STALL,
      column('bytes/series', (one) => count(median(one, 'bytesPerSeries'))),
      megabytes('page, MB', 'textBytes'),
    ],
  },
  page: {
    measure: 'millis',
    unit: 'ms',
    more: [
      SERIES,
      column('first byte, ms', (one) => number(median(one, 'firstByteMillis'))),
      STALL,
      megabytes('on the wire, MB', 'pageBytes'),
    ],
  },
  memory: {
    measure: 'scraped',
    unit: 'bytes/series, after two scrapes',
    more: [column('before a scrape', (one) => count(median(one, 'unscraped')))],
  },
  churn: {
    measure: 'held',
    unit: 'bytes held',
    more: [
      SERIES,
      column('first, MB', (one) => number((summary(one, 'held').values[0] ?? NaN) / 1e6)),
      column('last, MB', (one) => number((summary(one, 'held').values.at(-1) ?? NaN) / 1e6)),
    ],
  },
  'start-up': { measure: 'millis', unit: 'ms', ownBaseline: true },
};

/** The page, as Markdown that Prettier leaves as it is. */
export async function reportPage({ facts, results }: Report, filepath: string): Promise<string> {
  const blocks = [
    '<!-- Written by npm run bench; do not edit. -->',
    '# Benchmarks',
    'Medians of interleaved rounds of the built package and its peers, one process each; `p25–p75` is the middle half of the rounds.',
    '## The machine',
    facts.map(({ name, value }) => `- ${name}: ${value}`).join('\n'),
    ...goalsSection(GOALS, results),
    ...results.flatMap((result) => [`## ${result.suite.title}`, result.suite.about, suiteTable(result)]),
  ];
  return format(`${blocks.join('\n\n')}\n`, { ...(await resolveConfig(filepath)), filepath });
}

function suiteTable({ suite, results }: SuiteResult): string {
  const { measure, unit, more = [], ownBaseline = false } = TABLES[suite.table];
  const grouped = results.some(({ group }) => group !== undefined);
  const peers = results.filter(({ id }) => results.some(({ comparedWith }) => comparedWith.includes(id)));
  const labels = [...new Set(peers.map(({ label }) => label))];
  const besides: Column[] = (ownBaseline ? [undefined] : labels).map((label) =>
    column(`÷ ${label ?? 'baseline'}`, (one) => {
      const peer = peers.find(
        ({ id, label: its }) => one.comparedWith.includes(id) && (label ?? its) === its,
      );
      return peer ? ratio(ratioOf(summary(one, measure), summary(peer, measure)).median) : NONE;
    }),
  );
  const columns = [
    column('subject', ({ label }) => label),
    ...(grouped ? [column('case', ({ group }) => group ?? NONE)] : []),
    column(unit, (one) => number(median(one, measure))),
    column('p25–p75', (one) => spread(summary(one, measure))),
    column('rounds', (one) => count(summary(one, measure).count)),
    ...more,
    ...besides,
  ];
  const rows = results.map((one) => columns.map(({ text }) => text(one)));
  return markdownTable(
    columns.map(({ head }) => head),
    rows,
    ['case'],
  );
}

function column(head: string, text: Column['text']): Column {
  return { head, text };
}

function summary(result: Result, measure: string): Summary {
  const found = result.of[measure];
  if (found === undefined) throw new Error(`${result.id} has no ${measure}`);
  return found;
}

function median(result: Result, measure: string): number {
  return summary(result, measure).median;
}
