import type { KnownSeries, SeriesTable } from './known-series.js';
import { parsePromql, type Selector } from './syntax.js';

/** Functions that read a counter over a range, resets and all. */
const OVER_COUNTERS = [
  'rate',
  'irate',
  'increase',
  'resets',
  'changes',
  'last_over_time',
  'max_over_time',
  'min_over_time',
  'count_over_time',
  'present_over_time',
  'absent_over_time',
];

/** What is wrong with an expression; nothing when every name, label and value exists. */
export function problemsOf(expr: string, known: SeriesTable): string[] {
  let parsed;
  try {
    parsed = parsePromql(expr);
  } catch (error) {
    return [(error as Error).message];
  }
  const labelsOf = (selectors: readonly Selector[]): string[] => [
    ...resolved(selectors, known).flatMap(({ name }) => known.get(name)?.labels ?? []),
    ...parsed.made,
  ];
  return [
    ...resolved(parsed.selectors, known).flatMap((selector) => selectorProblems(selector, known)),
    ...parsed.groupings.flatMap(({ labels, selectors }) =>
      labels
        .filter((label) => selectors.length > 0 && !labelsOf(selectors).includes(label))
        .map((label) => `groups by ${label}, which ${names(selectors)} have not`),
    ),
    ...parsed.quantiles.flatMap(({ selectors, groupedBy }) => [
      ...(groupedBy?.includes('le') === false ? ['a quantile without le'] : []),
      ...selectors
        .filter(({ name }) => !['bucket', 'recorded'].includes(known.get(name)?.kind ?? 'bucket'))
        .filter(({ name }) => !name.endsWith('_bucket'))
        .map(({ name }) => `a quantile of ${name}, which are no buckets`),
    ]),
  ];
}

/** Each name that a regular expression of names has, as if it stood there. */
function resolved(selectors: readonly Selector[], known: SeriesTable): readonly Selector[] {
  return selectors.flatMap((selector) => {
    const { names } = selector;
    const found = [...known.keys()].filter((name) => names?.test(name));
    return found.length === 0 ? [selector] : found.map((name) => ({ ...selector, name }));
  });
}

function selectorProblems(selector: Selector, known: SeriesTable): string[] {
  const { name, matchers } = selector;
  const series = known.get(name);
  if (series === undefined) return [`no such series: ${name || 'without a name'}`];
  if (series.kind === 'base') return [`${name} is a histogram: only its parts have series`];
  return [
    ...matchers.flatMap(({ label, operator, value }) => {
      if (!series.labels.includes(label)) return [`${name} has no label ${label}`];
      const values = series.values[label];
      if (values === undefined || operator !== '=' || values.includes(value) || value === '') return [];
      if (value === `$${label}`) return []; // a label of the alert, in a runbook
      return [`${name} has no ${label}="${value}"`];
    }),
    ...rangeProblems(selector, series),
  ];
}

function rangeProblems({ name, rangeFunction }: Selector, { kind }: KnownSeries): string[] {
  if (rangeFunction === undefined || OVER_COUNTERS.includes(rangeFunction)) {
    if (['rate', 'irate', 'increase'].includes(rangeFunction ?? '') && kind === 'gauge')
      return [`${rangeFunction} of ${name}, which is a gauge`];
    return [];
  }
  return kind === 'counter' || kind === 'bucket' ? [`${rangeFunction} of ${name}, which only grows`] : [];
}

const names = (selectors: readonly Selector[]): string =>
  [...new Set(selectors.map(({ name }) => name))].join(', ');
