import { committedDashboards } from '../../tools/grafana/dashboard-files.js';
import { panelsOf } from '../../tools/grafana/queries-of.js';
import { traceLink, tracesLink } from '../../grafana/src/links.js';

const dashboards = committedDashboards();
const uids = dashboards.map(({ uid }) => uid!);

describe('links', () => {
  it.each(dashboards.map(({ uid, links }) => [uid, links!] as const))(
    'lead from %s to all others, with the same choices and time',
    (uid, links) => {
      const targets = links.map(({ url }) => url!.replace('/d/', ''));
      expect(targets.sort()).toEqual(uids.filter((other) => other !== uid).sort());
      for (const link of links) expect(link).toMatchObject({ includeVars: true, keepTime: true });
    },
  );

  it('lead from a row to its traces, by columns that the row has', () => {
    const tables = dashboards.flatMap(panelsOf).filter(({ fieldConfig }) => fieldConfig!.defaults.links);
    expect(tables.length).toBeGreaterThan(2);
    for (const { fieldConfig, transformations } of tables) {
      const columns = Object.keys(transformations!.find(({ id }) => id === 'organize')!.options.renameByName);
      for (const { url } of fieldConfig!.defaults.links!) {
        const used = [...url!.matchAll(/\$\{__data\.fields\.(\w+)\}/g)].map(([, field]) => field);
        expect(used.length).toBeGreaterThan(0);
        for (const field of used) expect(columns).toContain(field);
      }
    }
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
