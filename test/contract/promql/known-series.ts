// Every name that a query may have, with the labels of its series.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { GIVEN_SERIES, RECORDED_SERIES } from '../../../prometheus/src/recording/series.js';
import { METRICS, type MetricDefinition } from '../../../src/semconv/index.js';
import { parsePromql } from './syntax.js';
import { BUCKETS, COUNTERS, GAUGES, ORIGIN } from './third-party.js';

export const ROOT = join(__dirname, '../../..');

export interface KnownSeries {
  /** counter: meaningful in a range alone. base: a histogram's own name, which has no series. */
  readonly kind: 'counter' | 'gauge' | 'bucket' | 'base' | 'recorded';
  readonly labels: readonly string[];
  /** Values of the labels that have but a few. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

export interface Rule {
  readonly group: string;
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export function ruleFiles(folder = join(ROOT, 'prometheus/rules')): Rule[] {
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .flatMap((name) => {
      const { groups } = parse(readFileSync(join(folder, name), 'utf8')) as {
        groups: { name: string; rules: Omit<Rule, 'group'>[] }[];
      };
      return groups.flatMap(({ name: group, rules }) => rules.map((rule) => ({ group, ...rule })));
    });
}

export type SeriesTable = ReadonlyMap<string, KnownSeries>;

export function knownSeries(rules: readonly Rule[]): SeriesTable {
  const known = new Map<string, KnownSeries>();
  for (const [name, definition] of Object.entries(METRICS) as [string, MetricDefinition][]) {
    const labels = [...Object.keys(definition.labels), ...ORIGIN];
    const values = Object.fromEntries(
      Object.entries(definition.labels).flatMap(([label, bound]) =>
        bound.bound === 'closed' ? [[label, bound.values]] : [],
      ),
    );
    if (definition.kind === 'histogram') {
      known.set(name, { kind: 'base', labels, values });
      known.set(`${name}_bucket`, { kind: 'bucket', labels: [...labels, 'le'], values });
      for (const part of ['_sum', '_count']) known.set(`${name}${part}`, { kind: 'counter', labels, values });
    } else known.set(name, { kind: definition.kind === 'counter' ? 'counter' : 'gauge', labels, values });
  }
  const others = { counter: COUNTERS, bucket: BUCKETS, gauge: GAUGES } as const;
  for (const [kind, series] of Object.entries(others) as [keyof typeof others, typeof GAUGES][])
    for (const [name, labels] of Object.entries(series)) known.set(name, { kind, labels, values: {} });
  for (const [name, labels] of Object.entries(GIVEN_SERIES))
    known.set(name, { kind: 'recorded', labels, values: {} });
  for (const { record, expr, labels = {} } of rules)
    if (record !== undefined)
      known.set(record, {
        kind: 'recorded',
        labels: [...labelsOfResult(expr, known), ...(RECORDED_SERIES[record] ?? []), ...Object.keys(labels)],
        values: {},
      });
  return known;
}

/** What an expression's outermost grouping leaves, or all that its selectors could have. */
function labelsOfResult(expr: string, known: SeriesTable): string[] {
  const { groupings, selectors } = parsePromql(expr);
  const labels =
    groupings.length > 0
      ? groupings.flatMap((grouping) => grouping.labels)
      : selectors.flatMap(({ name }) => known.get(name)?.labels ?? []);
  return [...new Set(labels)];
}
