import { join } from 'node:path';
import { ROOT } from '../../tools/stack/native/programs.js';
import {
  logsQueriesOf,
  queriesOf,
  tracesQueriesOf,
  type PanelQuery,
} from '../../tools/grafana/queries-of.js';
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
/** Those of the demo: not everything befalls each of them. */
const AGENTS = Array.from({ length: 6 }, (_, index) => `claims-agent-${index + 1}`);
const CHOICES = AGENTS.map((agent_id) => ({
  ...VARIABLES,
  chosen: { agent_id, service: 'agent-os-demo' },
}));
/** What is chosen on the page; on that of one agent, each in turn. */
const choicesOn = ({ uid }: { uid?: string }) => (uid === 'agent-os-agent' ? CHOICES : [VARIABLES]);

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

    const queries = dashboards().flatMap((dashboard) =>
      choicesOn(dashboard).flatMap((choice) => queriesOf(dashboard, choice)),
    );
    const nameOf = ({ dashboard, panel, refId }: PanelQuery): string => `${dashboard} / ${panel} / ${refId}`;
    const results = new Map<string, readonly Sample[]>();
    const empty = (): string[] =>
      queries.map(nameOf).filter((name) => !results.has(name) && !(name in RIGHTLY_EMPTY));
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
    expect(numbers.length).toBeGreaterThan(results.size / 2);

    const logs = dashboards().flatMap((one) =>
      choicesOn(one).flatMap((choice) => logsQueriesOf(one, choice)),
    );
    for (const panel of new Set(logs.map((query) => query.panel))) {
      const row = await eventually(`events on ${panel}`, async () => {
        for (const { expr, limit } of logs.filter((query) => query.panel === panel)) {
          const [newest] = await stack.victoriaLogs.query(expr, limit);
          if (newest !== undefined) return newest;
        }
        return undefined;
      });
      observed('panels', panel, [`events, as ${Object.values(row).slice(1).join(' · ')}`]);
    }
    const searches = dashboards().flatMap((one) => tracesQueriesOf(one, CHOICES[0]));
    for (const { panel, service, tags, limit } of searches) {
      const trace = await eventually(`traces on ${panel}`, async () => {
        const [newest] = await stack.jaeger.search(service, limit, tags);
        return newest;
      });
      observed('panels', panel, [`traces, as ${trace.name}`]);
    }

    for (const uid of new Set(queries.map(({ dashboard }) => dashboard))) {
      const own = [...new Map(queries.map((query) => [nameOf(query), query])).values()].filter(
        ({ dashboard }) => dashboard === uid,
      );
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
