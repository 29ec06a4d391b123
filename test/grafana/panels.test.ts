import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { THRESHOLDS } from '../../prometheus/src/thresholds.js';
import { committedDashboards } from '../../tools/grafana/dashboard-files.js';
import { panelsOf, queriesOf } from '../../tools/grafana/queries-of.js';
import { yamlFile } from '../stack/stack-files.js';

const dashboards = committedDashboards();
const panels = dashboards.flatMap((dashboard) =>
  panelsOf(dashboard).map((panel) => [`${dashboard.uid}, ${panel.title}`, panel] as const),
);
const provisioned: string[] = yamlFile('grafana/provisioning/datasources/agent-os.yaml').datasources.map(
  ({ uid }: { uid: string }) => uid,
);

/** Every number that an alert has, and for counts the next one: from there on is above. */
const numbers = Object.values(THRESHOLDS).flatMap((alert) =>
  Object.values(alert).filter((value): value is number => typeof value === 'number'),
);
const allowedSteps = [null, 1, ...numbers, ...numbers.map((number) => number + 1)];

describe('each panel', () => {
  it.each(panels)('%s says what it shows, in what unit, and what it means when empty', (_, panel) => {
    const { unit, noValue } = panel.fieldConfig!.defaults;
    expect(panel.description).toMatch(/^[A-Z].{20,}\.$/s);
    expect(unit).toBeTruthy();
    expect(noValue).toBeTruthy();
  });

  it.each(panels)('%s has colours that change where an alert does, at no number of its own', (_, panel) => {
    const steps = panel.fieldConfig!.defaults.thresholds!.steps;
    for (const { value } of steps) expect(allowedSteps).toContain(value);
  });

  it.each(panels)('%s names each of its queries once', (_, panel) => {
    const refIds = (panel.targets as unknown as { refId: string }[]).map(({ refId }) => refId);
    expect(refIds.length).toBeGreaterThan(0);
    expect(new Set(refIds).size).toBe(refIds.length);
  });

  it('has an id of its own on its page', () => {
    for (const { panels: all } of dashboards) {
      const ids = all!.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});

describe('data sources', () => {
  it('are the one that the page has chosen, which is a provisioned one at first', () => {
    for (const dashboard of dashboards) {
      const chosen = dashboard.templating.list!.find(({ name }) => name === 'datasource')!;
      expect(provisioned).toContain(chosen.current!.value);
    }
  });

  it('are known by uid wherever a dashboard names one', () => {
    const used = JSON.stringify(dashboards).matchAll(/"datasource":\{[^}]*"uid":"((?:\$\{\w+\}|[^"])*)"/g);
    const uids = new Set([...used].map(([, uid]) => uid));
    expect([...uids].filter((uid) => uid !== '${datasource}' && !provisioned.includes(uid!))).toEqual([]);
    expect(uids).toContain('${datasource}');
  });
});

describe('variables', () => {
  const variable = (dashboard: Dashboard, name: string) =>
    dashboard.templating.list!.find((one) => one.name === name);

  it.each(['environment', 'service'])('%s takes several values, or all', (name) => {
    for (const dashboard of dashboards)
      expect(variable(dashboard, name)).toMatchObject({ multi: true, includeAll: true, allValue: '.*' });
  });

  it('choose what every query of a kernel asks for', () => {
    const chosen = { environment: 'prod|test', service: 'desk' };
    const queries = dashboards.flatMap((dashboard) => queriesOf(dashboard, { chosen }));
    for (const { expr } of queries.filter(({ expr: text }) => !text.includes('otelcol_'))) {
      const selectors = expr.match(/\{[^}]*\}/g)!;
      for (const selector of selectors)
        expect(selector).toContain('{deployment_environment_name=~"prod|test",service_name=~"desk"');
    }
  });

  it('agent_id is one agent, typed or given by a link, and asked for to the letter', () => {
    const [page] = dashboards.filter((dashboard) => variable(dashboard, 'agent_id') !== undefined);
    expect([page!.uid, variable(page!, 'agent_id')!.type]).toEqual(['agent-os-agent', 'textbox']);
    const asked = queriesOf(page!, { chosen: { agent_id: 'a.1' } }).map(({ expr }) => expr);
    for (const expr of asked) expect(expr).toContain('agent_id="a.1"');
  });

  it('agent has a bound: the worst, not all there are', () => {
    const agents = dashboards.flatMap((dashboard) => variable(dashboard, 'agent') ?? []);
    expect(agents).toHaveLength(1);
    expect(agents[0]!.definition).toMatch(/^query_result\(topk\(\d+, /);
  });
});

describe('exemplars', () => {
  const asking = dashboards.flatMap((dashboard) => queriesOf(dashboard)).filter(({ exemplars }) => exemplars);

  it('are asked of the histograms that have some: those of spans', () => {
    expect(asking.length).toBeGreaterThan(0);
    for (const { expr } of asking) expect(expr).toContain('traces_span_metrics_duration_seconds_bucket');
  });
});
