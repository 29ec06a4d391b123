// What a page may cost, whatever the size of the fleet: opened for a month, it reads raw series for a day at most, and an
// expression is one that a person on call can read.
import { filledIn, queriesOf } from '../../tools/grafana/queries-of.js';
import { costsOf } from './promql/costs.js';
import { knownSeries, ruleFiles } from './promql/known-series.js';
import { dashboards, type Source } from './promql/sources.js';

/** Bars are of an hour then, or as long as their panel says. */
const MONTH = { range: '30d', interval: '1h', rateInterval: '1h' };

/** Those whose expression is longer still. */
const NOT_YET = [
  'agent-os-cmvk, High-Drift Claims by Service, B',
  'agent-os-performance, Failed Requests, B',
];
/** Of one agent, whose raw series are few; and of kernels, of which it shows the present. */
const OTHER_PAGES = ['agent-os-agent', 'agent-os-fleet'];

const known = knownSeries(ruleFiles());
const pages = dashboards().filter(({ uid }) => !OTHER_PAGES.includes(uid!));

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
  it.each(asked.filter(({ where }) => !NOT_YET.includes(where)).map(({ where, expr }) => [where, expr]))(
    'as %s is short, and reads raw series over no more than a day',
    (_, expr) => expect(costsOf(expr, known)).toEqual([]),
  );

  it('is found, of variables too', () => {
    expect(asked.length).toBeGreaterThan(80);
    expect(asked.some(({ where }) => where.includes('variable'))).toBe(true);
  });
});
