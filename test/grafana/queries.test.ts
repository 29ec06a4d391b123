import { parser } from '@prometheus-io/lezer-promql';
import { increaseOf } from '../../grafana/src/queries/increase-of.js';
import { boundOf } from '../../prometheus/src/promql/index.js';
import { EVENTS } from '../../src/semconv/index.js';
import { committedDashboards, committedFiles } from '../../tools/grafana/dashboard-files.js';
import {
  filledIn,
  logsQueriesOf,
  panelsOf,
  queriesOf,
  tracesQueriesOf,
} from '../../tools/grafana/queries-of.js';

const dashboards = committedDashboards();
const queries = dashboards.flatMap((dashboard) => queriesOf(dashboard));

function faults(expr: string): number[] {
  const places: number[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from }) => {
      if (type.isError) places.push(from);
    },
  });
  return places;
}

describe('each query', () => {
  it.each(queries.map((query) => [`${query.dashboard}, ${query.panel}, ${query.refId}`, query.expr]))(
    'of %s is PromQL once its variables are filled in',
    (_, expr) => expect(faults(expr)).toEqual([]),
  );

  it('of a variable too', () => {
    for (const dashboard of dashboards)
      for (const { definition } of dashboard.templating.list!) {
        const expr = /^query_result\((.*)\)$/.exec(definition ?? '')?.[1];
        if (expr !== undefined) expect(faults(filledIn(expr, dashboard, {}))).toEqual([]);
      }
  });

  it('that is none would be noticed', () => expect(faults('sum(rate(a[5m])')).not.toEqual([]));

  it('of rates follows the page: no window is typed', () => {
    const windows = committedFiles().flatMap(({ text }) => [...text.matchAll(/\brate\([^[]*\[([^\]]*)\]/g)]);
    expect(new Set(windows.map(([, window]) => window))).toEqual(new Set(['$__rate_interval']));
  });
});

describe('panels of events', () => {
  const chosen = { service: 'a|b\\.c', agent_id: 'a.1' };
  const asked = dashboards.flatMap((one) => logsQueriesOf(one, { chosen }));

  it('ask for events of the registry, of what the page has chosen, the newest first', () => {
    expect(asked.map(({ panel }) => panel).sort()).toEqual([
      'Events of the Agent',
      'Recent High-Drift Claims',
      'Recent Violations',
      'Why It Was Stopped',
    ]);
    for (const { panel, expr, limit } of asked) {
      const [, names = ''] = /^event_name:in\(([^)]*)\) /.exec(expr) ?? [];
      const events = [...names.matchAll(/"([\w.]+)"/g)].map(([, event]) => event);
      expect(Object.keys(EVENTS)).toEqual(expect.arrayContaining(events));
      expect(events.length > 0 || expr.startsWith('event_name:="agent_os."* ')).toBe(true);
      expect(expr.includes('"agent.id":=`a.1`')).toBe(/the Agent|It Was/.test(panel));
      expect(expr).toContain('"service.name":~`^(a|b\\.c)$`');
      expect(expr).toContain('"deployment.environment.name":~`^(.*)$`');
      expect(expr).toContain(`| sort by (_time desc) limit ${limit} |`);
    }
  });

  it('head every field that they ask for', () => {
    for (const { dashboard: uid, panelId, expr } of asked) {
      const fields = [...expr.split('| fields ')[1]!.matchAll(/"([\w.]+)"/g)].map(([, name]) => name!);
      const panel = panelsOf(dashboards.find((one) => one.uid === uid)!).find(({ id }) => id === panelId)!;
      const { renameByName } = panel.transformations!.find(({ id }) => id === 'organize')!.options;
      expect(fields.filter((name) => !['_time', '_msg'].includes(name))).toEqual(
        Object.keys(renameByName).filter((name) => name !== 'Time'),
      );
    }
  });
});

describe('panels of traces', () => {
  it('search in the chosen service for spans of the chosen agent', () => {
    const chosen = { service: 'desk', agent_id: 'a.1' };
    expect(dashboards.flatMap((one) => tracesQueriesOf(one, { chosen }))).toEqual([
      expect.objectContaining({ panel: 'Latest Traces', service: 'desk', tags: { 'agent.id': 'a.1' } }),
    ]);
  });
});

describe('what happened in a window', () => {
  it('is counted as rules do', () => {
    expect(increaseOf('agent_os_violations_total', '24h').text).toMatch(
      /^sum\(increase\(agent_os_violations_total\{.*\}\[24h\] anchored\)\)$/,
    );
  });
});

describe('buckets', () => {
  it('are asked for by a bound that the histogram has', () => {
    expect(boundOf('agent_os_cmvk_drift_score', 0.25)).toBe('0.25');
  });

  it('of another bound do not get onto a page', () => {
    expect(() => boundOf('agent_os_cmvk_drift_score', 0.27)).toThrow('no bucket that ends at 0.27');
  });
});

describe('queriesOf', () => {
  const [dashboard] = dashboards;

  it('has the queries of every panel', () => {
    for (const one of dashboards) {
      const found = [...queriesOf(one), ...logsQueriesOf(one), ...tracesQueriesOf(one)].map(
        ({ panelId }) => panelId,
      );
      expect(new Set(found)).toEqual(new Set(panelsOf(one).map(({ id }) => id)));
    }
  });

  it('fills in what it is given', () => {
    const text = 'x{a=~"$service",b=~"${environment:regex}"}[$__range] [$__rate_interval] [$__interval]';
    const variables = { range: '2h', rateInterval: '5m', interval: '15s', chosen: { service: 'desk' } };
    expect(filledIn(text, dashboard!, variables)).toBe('x{a=~"desk",b=~".*"}[2h] [5m] [15s]');
  });

  it.each([
    ['1h', '5m'],
    ['2d', '5m'],
    ['172801s', '1h'],
    ['30d', '1h'],
  ])('takes for a range of %s the steps of %s, as the variable of the page does', (range, steps) => {
    expect(filledIn('x:each$steps', dashboard!, { range })).toBe(`x:each${steps}`);
    const { definition, regex } = dashboard!.templating.list!.find(({ name }) => name === 'steps')!;
    const seconds = Number(filledIn('$__range_s', dashboard!, { range }));
    const branches = definition!.matchAll(/vector\(\$__range_s\) (>|<=) (\d+), "steps", "(\w+)"/g);
    const holds = [...branches].filter(([, is, limit]) => (is === '>') === seconds > Number(limit));
    expect(holds.map((branch) => branch[3])).toEqual([steps]);
    expect(regex).toBe('/steps="([^"]*)"/');
  });

  it('refuses a variable that the dashboard has not', () => {
    expect(() => filledIn('x{a="$region"}', dashboard!, {})).toThrow('$region');
  });

  it('finds panels in rows that are folded', () => {
    const [panel] = panelsOf(dashboard!);
    const folded = { type: 'row', id: 9, collapsed: true, panels: [panel!] } as const;
    expect(panelsOf({ ...dashboard!, panels: [folded] as never })).toEqual([panel]);
  });
});
