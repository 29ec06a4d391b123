import { join } from 'node:path';
import { ROOT } from '../../tools/stack/native/programs.js';
import { logsQueriesOf, queriesOf, type PanelQuery } from '../../tools/grafana/queries-of.js';
import { dashboards } from '../contract/promql/sources.js';
import { BUCKETS, COUNTERS, GAUGES } from '../contract/promql/third-party.js';
import { runChild, type RunningChild } from '../support/child.js';
import { eventually } from './support/eventually.js';
import { observed } from './support/observed.js';
import type { Sample } from './support/prometheus-api.js';
import { stackOfEachTest } from './support/test-stack.js';
import { RIGHTLY_EMPTY, RIGHTLY_UNSEEN } from './support/rightly-empty.js';

/** Longer than the demo runs, so that all of it is in range. */
const VARIABLES = { rateInterval: '1m', range: '1h', interval: '15s' };

describe('panels', () => {
  const stackOf = stackOfEachTest();
  let demo: RunningChild | undefined;
  afterEach(() => demo?.kill('SIGKILL'));

  it('of every dashboard show data while the demo runs', async () => {
    const stack = stackOf();
    await stack.startAll();
    demo = runChild(join(ROOT, 'examples/demo/main.ts'), {
      args: ['--rate', '40', '--port', String(stack.kernelPort)],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: stack.otlpUrl },
      timeoutMs: 175_000,
    });
    await demo.waitForLine(/^metrics/);

    const queries = dashboards().flatMap((dashboard) => queriesOf(dashboard, VARIABLES));
    const nameOf = ({ dashboard, panel, refId }: PanelQuery): string => `${dashboard} / ${panel} / ${refId}`;
    const results = new Map<string, readonly Sample[]>();
    const empty = (): string[] =>
      queries
        .map(nameOf)
        .filter((name) => (results.get(name) ?? []).length === 0 && !(name in RIGHTLY_EMPTY));
    await eventually(
      'data for every query',
      async () => {
        for (const query of queries) {
          const found = await stack.prometheus.query(query.expr);
          if (found.length > 0) results.set(nameOf(query), found);
        }
        return empty().length === 0 ? true : undefined;
      },
      empty,
      150_000,
    );
    const filled = Object.keys(RIGHTLY_EMPTY).filter((name) => results.has(name));
    expect(filled).toEqual([]);
    const numbers = [...results.values()].flat().filter(({ value }) => Number.isFinite(value));
    expect(numbers.length).toBeGreaterThan(queries.length / 2);

    for (const { panel, expr, limit } of dashboards().flatMap((one) => logsQueriesOf(one, VARIABLES))) {
      const [row] = await eventually(`events on ${panel}`, async () => {
        const rows = await stack.victoriaLogs.query(expr, limit);
        return rows.length > 0 ? rows : undefined;
      });
      observed('panels', panel, [`events, as ${Object.values(row!).slice(1).join(' · ')}`]);
    }

    for (const uid of new Set(queries.map(({ dashboard }) => dashboard))) {
      const own = queries.filter(({ dashboard }) => dashboard === uid);
      const panels = [...new Set(own.map(({ panel }) => panel))];
      observed(
        'panels',
        uid,
        panels.map((panel) => {
          const found = own
            .filter((query) => query.panel === panel)
            .flatMap((query) => results.get(nameOf(query)) ?? []);
          const sample = found.find(({ value }) => Number.isFinite(value) && value !== 0) ?? found[0];
          const value = sample === undefined ? '' : `, as ${Number(sample.value.toPrecision(3))}`;
          return `${panel}: ${found.length} series${value}`;
        }),
      );
    }
    for (const [name, reason] of Object.entries(RIGHTLY_EMPTY))
      observed('panels', `rightly empty: ${name}`, [reason]);

    // What dashboards and rules may ask of others exists under that name.
    const names = Object.keys({ ...COUNTERS, ...BUCKETS, ...GAUGES });
    const unseen = async (): Promise<string[]> => {
      const missing: string[] = [];
      for (const name of names) if ((await stack.prometheus.query(name)).length === 0) missing.push(name);
      return missing.filter((name) => !RIGHTLY_UNSEEN.includes(name));
    };
    let last: string[] = [];
    await eventually(
      'the series of others',
      async () => ((last = await unseen()).length === 0 ? true : undefined),
      () => last,
    );
    observed('panels', 'series of the Collector, Alertmanager and Prometheus that queries may use', [
      `${names.length - RIGHTLY_UNSEEN.length} of ${names.length} found by their names; not ${RIGHTLY_UNSEEN.join(', ')}, which appear with the first failure`,
    ]);
  });
});
