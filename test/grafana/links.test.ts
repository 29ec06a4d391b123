import { committedDashboards } from '../../tools/grafana/dashboard-files.js';
import { panelsOf } from '../../tools/grafana/queries-of.js';
import { linksOfRows, traceLink, tracesLink } from '../../grafana/src/links.js';

const dashboards = committedDashboards();
const uids = dashboards.map(({ uid }) => uid!);
/** A column by its name, or in quotes where that has a dot. */
const CELL = /\$\{__data\.fields(?:\.(\w+)|\["([\w.]+)"\])\}/g;
/** All but those of traces, which the data source links itself. */
const tables = dashboards
  .flatMap(panelsOf)
  .filter(({ type, datasource }) => type === 'table' && datasource?.type !== 'jaeger')
  .map((panel) => [panel.title!, panel] as const);

describe('links', () => {
  it.each(dashboards.map(({ uid, links }) => [uid, links!] as const))(
    'lead from %s to all others, with the same choices and time',
    (uid, links) => {
      const targets = links.map(({ url }) => url!.replace('/d/', ''));
      expect(targets.sort()).toEqual(uids.filter((other) => other !== uid).sort());
      for (const link of links) expect(link).toMatchObject({ includeVars: true, keepTime: true });
    },
  );

  it.each(tables)('of %s lead by columns that the row has', (_, { fieldConfig, transformations }) => {
    const columns = Object.keys(transformations!.find(({ id }) => id === 'organize')!.options.renameByName);
    for (const { url } of fieldConfig!.defaults.links!) {
      const used = [...url!.matchAll(CELL)].map(([, name, dotted]) => name ?? dotted);
      expect(used.length).toBeGreaterThan(0);
      for (const field of used) expect(columns).toContain(field);
    }
  });

  it.each(tables)('of %s lead to the agent and the kernels that a row names', (_, panel) => {
    const columns = Object.keys(
      panel.transformations!.find(({ id }) => id === 'organize')!.options.renameByName,
    );
    const paths = panel.fieldConfig!.defaults.links!.map(({ url }) => url!.split('?')[0]);
    const named = (names: readonly string[]) => columns.some((column) => names.includes(column));
    expect(paths.includes('/d/agent-os-agent')).toBe(named(['agent_id', 'agent.id']));
    expect(paths.includes('/d/agent-os-fleet')).toBe(named(['service_name', 'service.name']));
  });

  it('to the page of an agent choose it, its service, and the time and data of the page', () => {
    const [agent] = linksOfRows(['agent.id', 'service.name']);
    const filled = agent!
      .url!.replace('${__data.fields["agent.id"]}', 'desk%2F1')
      .replace('${__data.fields["service.name"]}', 'desk')
      .replace('${environment:queryparam}', 'var-environment=prod')
      .replace('${datasource:queryparam}', 'var-datasource=prometheus')
      .replace('${__url_time_range}', 'from=now-1h&to=now');
    const { pathname, searchParams } = new URL(filled, 'http://localhost');
    expect([pathname, Object.fromEntries(searchParams)]).toEqual([
      '/d/agent-os-agent',
      {
        'var-agent_id': 'desk/1',
        'var-service': 'desk',
        'var-environment': 'prod',
        'var-datasource': 'prometheus',
        from: 'now-1h',
        to: 'now',
      },
    ]);
  });

  it('lead from a firing alert to its runbook', () => {
    const [url] = tables
      .filter(([title]) => title === 'Firing Alerts')
      .map(([, { fieldConfig }]) => fieldConfig!.defaults.links![0]!.url!);
    expect(url).toMatch(/\/\$\{__data\.fields\.alertname\}\.md$/);
  });

  it('ask Jaeger for spans by service, operation and tags', () => {
    const { url } = tracesLink({
      title: 'Traces',
      service: '${__data.fields.service_name}',
      operation: 'kernel.violation',
      tags: { 'agent.id': 'a-1' },
    });
    const filled = new URL(url!.replace('${__data.fields.service_name}', 'desk'), 'http://localhost');
    const { datasource, queries } = JSON.parse(filled.searchParams.get('panes')!).traces;
    expect(datasource).toBe('jaeger');
    expect(queries).toEqual([
      expect.objectContaining({
        queryType: 'search',
        service: 'desk',
        operation: 'kernel.violation',
        tags: 'agent.id="a-1"',
      }),
    ]);
  });
});

describe('a link to one trace', () => {
  it('asks Jaeger for the id in the row', () => {
    const url = traceLink('Trace').url!.replace('${__data.fields.trace_id}', 'ab'.repeat(16));
    const { queries } = JSON.parse(new URL(url, 'http://localhost').searchParams.get('panes')!).traces;
    expect(queries).toEqual([expect.objectContaining({ query: 'ab'.repeat(16) })]);
  });
});

describe('annotations', () => {
  it.each(dashboards.map(({ uid, annotations }) => [uid, annotations.list!] as const))(
    'mark on %s when alerts fire, but for the one that always does',
    (_, [alerts]) => expect(alerts!.expr).toBe('ALERTS{alertstate="firing",alertname!="Watchdog"}'),
  );
});
