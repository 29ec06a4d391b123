import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { NOT_ON_A_PANEL } from '../../grafana/src/not-on-a-panel.js';
import { METRICS } from '../../src/semconv/index.js';
import { knownSeries, ruleFiles } from './promql/known-series.js';
import { costsOf } from './promql/costs.js';
import { problemsOf } from './promql/problems.js';
import {
  annotationSources,
  panelSources,
  reportSources,
  RUNBOOKS,
  ruleSources,
  runbookSources,
  type Source,
} from './promql/sources.js';
import { parsePromql } from './promql/syntax.js';

const rules = ruleFiles();
const known = knownSeries(rules);
const sources: readonly Source[] = [
  ...panelSources(),
  ...annotationSources(),
  ...ruleSources(rules),
  ...runbookSources(),
];
const alerts = rules.flatMap(({ alert }) => (alert === undefined ? [] : [alert]));

/** Names that a set of expressions uses, recording rules resolved to what they record. */
function namesIn(exprs: readonly string[]): Set<string> {
  const found = new Set<string>();
  const add = (expr: string): void => {
    for (const { name } of parsePromql(expr).selectors) {
      if (found.has(name)) continue;
      found.add(name);
      for (const { record, expr: recorded } of rules) if (record === name) add(recorded);
    }
  };
  exprs.forEach(add);
  return found;
}

const baseOf = (name: string): string => {
  const base = name.replace(/_(bucket|sum|count)$/, '');
  return base in METRICS ? base : name;
};

describe('every expression', () => {
  it.each(sources.map(({ where, expr }) => [where, expr]))(
    'of %s has only names, labels and values that exist',
    (_, expr) => expect(problemsOf(expr, known)).toEqual([]),
  );

  it('is found: panels, annotations, rules and runbooks all have some', () => {
    for (const some of [panelSources(), annotationSources(), ruleSources(rules), runbookSources()])
      expect(some.length).toBeGreaterThan(4);
  });
});

describe('every rule', () => {
  it.each(ruleSources(rules).map(({ where, expr }) => [where, expr]))(
    'as %s is short, and reads raw series over no more than a day',
    (_, expr) => expect(costsOf(expr, known)).toEqual([]),
  );

  it('is held to that', () => {
    expect(costsOf(`increase(agent_os_requests_total[25h]) + ${'0+'.repeat(200)}0`, known)).toEqual([
      'has 442 characters',
      'reads agent_os_requests_total, which no rule records, over 25h',
    ]);
    expect(costsOf('sum_over_time(agent_os:requests:increase1h[30d:1h])', known)).toEqual([]);
  });
});

describe('the registry', () => {
  const onPanels = new Set([...namesIn(panelSources().map(({ expr }) => expr))].map(baseOf));

  it.each(Object.keys(METRICS))('has %s on a panel, or a reason why not', (name) => {
    const reasons = NOT_ON_A_PANEL as Readonly<Record<string, string>>;
    expect(onPanels.has(name) !== name in reasons).toBe(true);
  });
});

describe('recording rules', () => {
  const asked = sources.filter(({ where }) => !where.startsWith('rule ') || !where.includes(':'));
  const used = namesIn(
    [...asked, ...panelSources({ range: '30d' }), ...reportSources()].map(({ expr }) => expr),
  );

  it.each(rules.flatMap(({ record }) => (record === undefined ? [] : [record])))('%s is used', (record) =>
    expect(used).toContain(record),
  );
});

describe('alerts and runbooks', () => {
  it.each(alerts)('%s has its runbook', (alert) => expect(existsSync(`${RUNBOOKS}/${alert}.md`)).toBe(true));

  it('are one to one: no runbook is left without an alert', () => {
    const runbooks = readdirSync(RUNBOOKS).filter((name) => /^[A-Z]/.test(name) && name !== 'README.md');
    expect(runbooks.map((name) => basename(name, '.md')).sort()).toEqual([...new Set(alerts)].sort());
  });
});

describe('the check itself notices', () => {
  const { expr } = panelSources().find(({ expr: text }) => /\bsum by \(le/.test(text))!;

  it.each([
    ['a metric that the registry renames', 'rate(agent_os_requests_totals[5m])', 'no such series'],
    [
      'a label that the metric has not',
      'rate(agent_os_requests_total{policy="x"}[5m])',
      'has no label policy',
    ],
    [
      'a value outside the closed set',
      'rate(agent_os_requests_total{status="ok"}[5m])',
      'has no status="ok"',
    ],
    [
      'a grouping by a label that nobody has',
      'sum by (agent_id) (rate(agent_os_requests_total[5m]))',
      'groups by agent_id',
    ],
    ['a histogram queried by its own name', 'rate(agent_os_mttr_seconds[5m])', 'only its parts have series'],
    [
      'a quantile of what are no buckets',
      'histogram_quantile(0.9, sum by (le) (agent_os_active_agents))',
      'no buckets',
    ],
    ['a rate of a gauge', 'rate(agent_os_active_agents[5m])', 'which is a gauge'],
    ['an average of a counter', 'avg_over_time(agent_os_requests_total[5m])', 'which only grows'],
    ['a fault of syntax', 'sum by (action (rate(agent_os_requests_total[5m]))', 'no PromQL'],
    [
      'a join by a label that one side has and no side means',
      'up * on (policy) agent_os_active_agents',
      'groups by policy',
    ],
  ])('%s', (_, mutant, said) => expect(problemsOf(mutant, known).join()).toContain(said));

  it('a quantile whose le is summed away', () => {
    expect(problemsOf(expr.replace(/\bsum by \(le,? ?/, 'sum by ('), known).join()).toContain('without le');
  });

  it('each metric of the registry that goes: some expression of the project no longer resolves', () => {
    const silent = Object.keys(METRICS).filter((gone) => {
      const fewer = new Map([...known].filter(([name]) => baseOf(name) !== gone));
      return sources.every(({ expr: text }) => problemsOf(text, fewer).length === 0);
    });
    expect(silent).toEqual(Object.keys(NOT_ON_A_PANEL));
  });
});
