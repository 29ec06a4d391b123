// What a page, or the report, may cost, whatever the size of the fleet: opened for a month, it reads raw series for a day at most, and an
// expression is one that a person on call can read.
import { filledIn, queriesOf } from '../../tools/grafana/queries-of.js';
import { costsOf } from './promql/costs.js';
import { knownSeries, ruleFiles } from './promql/known-series.js';
import { dashboards, reportSources, type Source } from './promql/sources.js';
import { parsePromql } from './promql/syntax.js';

/** Bars are of an hour then, or as long as their panel says. */
const MONTH = { range: '30d', interval: '1h', rateInterval: '1h' };

/** Of one agent, whose raw series are few; and of kernels, of which it shows the present. */
const OTHER_PAGES = ['agent-os-agent', 'agent-os-fleet'];

const known = knownSeries(ruleFiles());
const pages = dashboards().filter(({ uid }) => !OTHER_PAGES.includes(uid!));

/** What befalls few agents. */
const RARE = ['agent_os_kill_attempts_total', 'agent_os_agent_crashes_total'];
const namesAgents = (name: string): boolean => known.get(name)?.labels.includes('agent_id') ?? false;
const along = pages.flatMap((dashboard) =>
  queriesOf(dashboard, MONTH)
    .filter(({ instant }) => !instant)
    .map(({ panel, refId, expr }): [string, string] => [`${dashboard.uid}, ${panel}, ${refId}`, expr]),
);

const asked: Source[] = pages.flatMap((dashboard) => [
  ...queriesOf(dashboard, MONTH).map(({ panel, refId, expr }) => ({
    where: `${dashboard.uid}, ${panel}, ${refId}`,
    expr,
  })),
  ...(dashboard.templating.list ?? []).flatMap(({ name, definition }) => {
    const expr = /^query_result\((.*)\)$/.exec(definition ?? '')?.[1];
    return expr === undefined
      ? []
      : [{ where: `${dashboard.uid}, variable ${name}`, expr: filledIn(expr, dashboard, MONTH) }];
  }),
]);

describe('every query of a panel or a variable', () => {
  it.each(asked.map(({ where, expr }) => [where, expr]))(
    'as %s is short, and reads raw series over no more than a day',
    (_, expr) => expect(costsOf(expr, known)).toEqual([]),
  );

  it.each(along)('as %s reads no raw series that names agents all along its range', (_, expr) => {
    const names = parsePromql(expr).selectors.map(({ name }) => name);
    const many = names.filter((name) => known.get(name)?.kind !== 'recorded' && namesAgents(name));
    expect(many.filter((name) => !RARE.includes(name))).toEqual([]);
  });

  it.each(reportSources().map(({ where, expr }) => [where, expr]))(
    'of the %s reads raw series over no more than a day',
    (_, expr) => expect(costsOf(expr, known)).toEqual([]),
  );

  it('is found, of variables too', () => {
    expect(asked.length).toBeGreaterThan(80);
    expect(asked.some(({ where }) => where.includes('variable'))).toBe(true);
  });
});
