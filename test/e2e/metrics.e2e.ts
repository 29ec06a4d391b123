import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { METRICS } from '../../src/semconv/index.js';
import { VERSION } from '../../src/semconv/resource.js';
import { ROOT } from '../../tools/stack/native/programs.js';
import { runChild, type RunningChild } from '../support/child.js';
import { parseExposition } from '../../src/testing/parse-exposition.js';
import { eventually } from './support/eventually.js';
import { observed } from './support/observed.js';
import type { Sample } from './support/prometheus-api.js';
import { stackOfEachTest, type TestStack } from './support/test-stack.js';
import { NOT_IN_A_REPLAY, NOT_IN_THE_DEMO, PUSHED_ALONE } from '../examples/demo/not-in-the-demo.js';

/** Recorded tool calls to replay, as the demo reads them; its own workload otherwise. */
const REPLAY = process.env['E2E_REPLAY'];

/** Where it was measured, added on the way: it differs between the two ways. */
const WHERE = ['job', 'instance', 'service_instance_id'];
/** Who measured, the same by either way. */
const WHO = ['service_name', 'service_version', 'agent_os_kernel_id', 'deployment_environment_name'];

/** Time goes on for these after the last recording: the same series, other values. */
const MOVING = [
  'agent_os_kernel_uptime_seconds',
  'agent_os_kernel_heartbeat_timestamp_seconds',
  'agent_os_violation_rate',
  'agent_os_kill_oldest_age_seconds',
  'agent_os_credential_age_seconds',
  'agent_os_telemetry_scrape_duration_seconds',
];

const isMoving = (name: string) => MOVING.some((moving) => name.startsWith(moving));

/** `name{label="value"}`, whoever measured it, to its value. */
type Series = ReadonlyMap<string, number>;

function seriesOf(samples: readonly Sample[]): Series {
  return new Map(
    samples.map(({ labels, value }) => {
      const { __name__: name, ...rest } = labels;
      const own = Object.entries(rest).filter(([key]) => ![...WHERE, ...WHO].includes(key));
      return [
        `${name}{${own
          .map(([key, text]) => `${key}=${text}`)
          .sort()
          .join(',')}}`,
        value,
      ];
    }),
  );
}

/** What the page has and Prometheus has not, or otherwise. */
function differences(page: Series, stored: Series): string[] {
  const keys = [...new Set([...page.keys(), ...stored.keys()])];
  return keys.flatMap((key) => {
    const [shown, kept] = [page.get(key), stored.get(key)];
    if (shown === undefined || kept === undefined) return [`${key}: page ${shown}, Prometheus ${kept}`];
    return shown === kept || isMoving(key) ? [] : [`${key}: page ${shown}, Prometheus ${kept}`];
  });
}

describe('metrics', () => {
  const stackOf = stackOfEachTest();
  const otherOf = stackOfEachTest();
  let demo: RunningChild | undefined;
  afterEach(() => demo?.kill('SIGKILL'));

  it('have the same names, labels and values on the page, scraped and pushed', async () => {
    const [pulled, pushed] = [stackOf(), otherOf()];
    if (REPLAY !== undefined) expect(existsSync(REPLAY)).toBe(true);
    const port = pulled.kernelPort;
    await Promise.all([
      pulled.startPrometheus(),
      pushed.startPrometheus(),
      // What it pushes goes to the other Collector.
      pulled.startCollector({
        files: ['base', 'backends/prometheus'],
        env: { KERNEL_COUNTED_BY: 'page' },
      }),
      // All traces kept: an exemplar of one that is sampled away leads nowhere.
      pushed.startCollector({
        files: ['base', 'backends/jaeger', 'backends/prometheus'],
        env: { COLLECTOR_BASELINE_PERCENT: '100' },
      }),
      pushed.startJaeger(),
    ]);
    const workload = REPLAY === undefined ? ['--once'] : ['--replay', REPLAY, '--once'];
    demo = runChild(join(ROOT, 'examples/demo/main.ts'), {
      args: [...workload, '--rate', '0', '--port', String(port), '--linger', '170'],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: pushed.otlpUrl,
        OTEL_METRICS_EXPORTER: 'prometheus,otlp',
        OTEL_METRIC_EXPORT_INTERVAL: '1000',
        OTEL_METRIC_EXPORT_TIMEOUT: '1000',
      },
      timeoutMs: 175_000,
    });
    await demo.waitForLine(/^Look further/);

    const page = async (): Promise<Series> => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const families = parseExposition(text).filter(({ name }) => name in METRICS);
      return seriesOf(
        families.flatMap(({ samples }) =>
          samples.map(({ name, labels, value }) => ({ labels: { ...labels, __name__: name }, value })),
        ),
      );
    };
    const stored = async ({ prometheus }: TestStack): Promise<Series> =>
      seriesOf(await prometheus.query('{__name__=~"(agent_os|amb|cmvk|gen_ai)_[^:]+"}'));

    for (const [way, stack] of Object.entries({ scraped: pulled, pushed })) {
      let last: string[] = [];
      await eventually(
        `the page's series, ${way}`,
        async () => {
          last = differences(await page(), await stored(stack));
          return last.length === 0 ? true : undefined;
        },
        () => last,
      );
    }
    for (const { prometheus } of [pulled, pushed]) {
      const samples = await prometheus.query('{__name__=~"(agent_os|amb|cmvk|gen_ai)_[^:]+"}');
      const origins = samples.map(({ labels }) => WHO.map((label) => labels[label]).join(' '));
      expect([...new Set(origins)]).toEqual([`agent-os-demo ${VERSION} agent-os-demo@${hostname()} demo`]);
    }
    const shown = await page();
    const names = new Set([...shown.keys()].map((key) => key.replace(/(_bucket|_sum|_count)?\{.*/, '')));
    // Nothing has more values here than it may.
    const missing = Object.keys(METRICS).filter((name) => !names.has(name));
    const others = [...NOT_IN_THE_DEMO, ...(REPLAY === undefined ? [] : NOT_IN_A_REPLAY)];
    const rightly = [
      ...others.filter((name) => name !== PUSHED_ALONE),
      'agent_os_telemetry_overflowed_total',
    ];
    expect(missing.sort()).toEqual(rightly.sort());

    observed(
      'metrics',
      'every metric of the registry but those of what the demo does not do, equal on the page, scraped and pushed by OTLP',
      [
        `${names.size} metrics, ${shown.size} series, no difference in names, labels or values`,
        `after ${REPLAY === undefined ? 'the demo’s own workload' : 'a recorded workload replayed'} through the agent-governance SDK`,
        `of ${MOVING.join(', ')} names and labels alone, since time goes on for them`,
      ],
    );

    const spans = 'traces_span_metrics_duration_seconds_bucket';
    const checks = 'agent_os_policy_check_duration_seconds_bucket';
    const violations = 'agent_os_violations_total';
    for (const [selector, { prometheus }] of [
      [spans, pushed],
      [checks, pulled],
      [violations, pulled],
      [violations, pushed],
    ] as const) {
      const traceId = await eventually(`an exemplar of ${selector} whose trace is in Jaeger`, async () => {
        const known = new Set(await pushed.jaeger.traceIds('agent-os-demo'));
        return (await prometheus.exemplarTraceIds(selector)).find((id) => known.has(id));
      });
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    }
    observed('metrics', 'exemplars lead from a metric to a trace', [
      `${spans}, and ${checks} and ${violations} as scraped from the kernel’s page, have trace ids in Prometheus that Jaeger knows, where their traces are kept`,
      'metrics that are pushed by OTLP by the native pipeline carry theirs too',
    ]);
  });
});
