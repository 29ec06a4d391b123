import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually, eventuallyEqual } from './support/eventually.js';
import { ALLOWED } from './support/kernel-host.js';
import { observed } from './support/observed.js';
import { sendMetrics, type SentMetric } from './support/otlp-metrics.js';
import { sendEvents } from './support/otlp-logs.js';
import { stackOfEachTest } from './support/test-stack.js';

const HOUR = 3_600_000;
const INNOCENTS = 9;
const ROUNDS = 30;
const REQUESTS = 'agent_os_requests_total{status="success"}';
const SKEWED = 'agent_os_telemetry_skewed_points_total';

/** What a kernel whose clock is off says of itself. */
const heartbeat = (atMillis: number): SentMetric[] => [
  {
    name: 'agent_os_kernel_heartbeat_timestamp_seconds',
    kind: 'gauge',
    points: [{ value: atMillis / 1000, atMillis }],
  },
  { name: 'agent_os_kernel_heartbeat_interval_seconds', kind: 'gauge', points: [{ value: 15, atMillis }] },
];

const who = (name: string) => ({
  'service.name': name,
  'service.instance.id': `${name}-1`,
  'agent_os.kernel.id': `${name}@host`,
});

describe('senders', () => {
  const stackOf = stackOfEachTest();
  const otherOf = stackOfEachTest();
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));

  it('with wrong clocks, or anything else that Prometheus refuses, cost themselves alone', async () => {
    const stack = stackOf();
    const { prometheus, otlpUrl } = stack;
    await Promise.all([stack.startPrometheus(), stack.startVictoriaLogs()]);
    await stack.startCollector({ files: ['base', 'backends/prometheus', 'backends/victoria-logs'] });
    const now = Date.now();
    const bad: Record<string, (at: number) => SentMetric[]> = {
      behind: (at) => [
        { name: 'sent_total', points: [{ value: 1, atMillis: at - 2 * HOUR }] },
        { name: 'still_good', points: [{ value: 7, atMillis: at }] },
        ...heartbeat(at - 2 * HOUR),
      ],
      ahead: (at) => [
        { name: 'sent_total', points: [{ value: 1, atMillis: at + HOUR }] },
        ...heartbeat(at + HOUR),
      ],
      nameless: (at) => [{ name: '', points: [{ value: 1, atMillis: at }] }],
      delta: (at) => [{ name: 'sent_total', kind: 'delta', points: [{ value: 1, atMillis: at }] }],
      empty: () => [{ name: 'sent_total', kind: 'none', points: [] }],
      twofold: (at) => [
        { name: 'sent', kind: 'gauge', points: [1, 2].map((value) => ({ value, atMillis: at })) },
      ],
      backwards: (at) => [{ name: 'sent', kind: 'gauge', points: [{ value: at, atMillis: 2 * now - at }] }],
      huge: (at) => [
        {
          name: 'sent_total',
          points: Array.from({ length: 1000 }, (_, i) => ({
            value: i,
            atMillis: at,
            attributes: { id: `${i}` },
          })),
        },
      ],
    };
    const statuses = new Set<number>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const at = now + round;
      const good: SentMetric = { name: 'sent_total', points: [{ value: round, atMillis: at }] };
      const senders = [
        ...Array.from(
          { length: INNOCENTS },
          (_, i) => () => sendMetrics(otlpUrl, who(`innocent-${i}`), [good]),
        ),
        ...Object.entries(bad).map(
          ([name, metrics]) =>
            () =>
              sendMetrics(otlpUrl, who(name), metrics(at)),
        ),
      ];
      for (const status of await Promise.all(senders.map((send) => send()))) statuses.add(status);
    }
    expect([...statuses]).toEqual([200]);

    const stored = (selector: string) => async () => (await prometheus.stored(selector)).length;
    await eventuallyEqual(
      'samples of the innocent',
      stored('sent_total{service_name=~"innocent-.+"}'),
      INNOCENTS * ROUNDS,
    );
    await eventuallyEqual(
      'other samples of a sender with some old ones',
      stored('still_good{service_name="behind"}'),
      ROUNDS,
    );
    await eventuallyEqual(
      'refused points, by kernel',
      async () =>
        (await prometheus.query(`max by (agent_os_kernel_id) (${SKEWED})`))
          .map(({ labels, value }) => `${labels['agent_os_kernel_id']} ${value}`)
          .sort(),
      [`ahead@host ${ROUNDS}`, `behind@host ${ROUNDS}`],
    );
    await eventuallyEqual(
      'alerts',
      async () =>
        (await prometheus.alerts())
          .filter(({ labels, state }) => labels['alertname'] === 'AgentOSClockSkewed' && state === 'firing')
          .map(({ labels }) => labels['agent_os_kernel_id'])
          .sort(),
      ['ahead@host', 'behind@host'],
    );

    await eventuallyEqual(
      'kernels whose clock is off, which live',
      async () =>
        (await prometheus.query('agent_os:kernel_state{state="skewed"}'))
          .map(({ labels }) => labels['agent_os_kernel_id'])
          .sort(),
      ['ahead@host', 'behind@host'],
    );

    // Backends of events look at each by itself.
    const event = { name: 'agent_os.violation', attributes: { 'agent.id': 'a' } };
    for (const atMillis of [now, now - 2 * HOUR, now + HOUR])
      await sendEvents(otlpUrl, 'e2e-kernel', [{ ...event, atMillis }]);
    await eventuallyEqual(
      'events',
      async () => (await stack.victoriaLogs.query('service.name:="e2e-kernel"', 10)).length,
      3,
    );

    const lost = await stack.collectorMetric('otelcol_exporter_send_failed_metric_points_total');
    observed(
      'senders',
      `${INNOCENTS} innocent senders beside ${Object.keys(bad).length} that send what Prometheus refuses`,
      [
        `${INNOCENTS * ROUNDS} of ${INNOCENTS * ROUNDS} samples of the innocent arrive, and those of right time of the sender that has wrong ones too`,
        `points 2 h behind and 1 h ahead are refused and counted by kernel (${ROUNDS} each), and AgentOSClockSkewed fires for the two; of the other senders the Collector counts ${lost} points that Prometheus refused (Names: ${Object.keys(bad).join(', ')})`,
        'the state of both kernels is skewed, since the Collector stamps a heartbeat with the time it is received',
        'events of the same wrong times are stored, each by itself',
      ],
    );
  });

  it('of one service are told apart by their instances, pushed or scraped at one address', async () => {
    const [stack, other] = [stackOf(), otherOf()];
    const { prometheus } = stack;
    await stack.startPrometheus();
    const url = { PROMETHEUS_URL: `http://127.0.0.1:${stack.settings.ports.prometheus}` };
    const instances = async (expression: string): Promise<number> =>
      new Set((await prometheus.query(expression)).map(({ labels }) => labels['instance'])).size;

    // Two hosts that have the same address, each for its own Collector: a proxy that tells them by the time they allow.
    const pages: Record<string, string> = {};
    const proxy = createServer((request, response) => {
      const to = pages[String(request.headers['x-prometheus-scrape-timeout-seconds'])]!;
      fetch(to).then(
        async (page) => {
          response.setHeader('content-type', page.headers.get('content-type')!);
          response.end(await page.text());
        },
        () => response.destroy(),
      );
    });
    servers.push(proxy);
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const target = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    for (const [of, seconds] of [
      [stack, '1'],
      [other, '2'],
    ] as const) {
      const host = await of.startHost({ otlp: false });
      pages[seconds] = `http://127.0.0.1:${of.kernelPort}/metrics`;
      await host.act('agent-1', ALLOWED, 5);
      await of.startCollector({
        files: ['base', 'backends/prometheus'],
        env: {
          ...url,
          KERNEL_METRICS_TARGET: target,
          KERNEL_SCRAPE_INTERVAL: `${seconds}s`,
          COLLECTOR_NAME: `machine-${seconds}`,
        },
      });
    }
    await eventuallyEqual('scraped requests', () => prometheus.sum(REQUESTS), 10);
    expect(await instances(REQUESTS)).toBe(2);
    expect(await instances('target_info{job="e2e-kernel"}')).toBe(2);
    const up = await prometheus.query('up{job="agent-os-kernel"}');
    expect(up.map(({ labels, value }) => `${labels['instance']} ${value}`).sort()).toEqual([
      `machine-1/${target} 1`,
      `machine-2/${target} 1`,
    ]);

    const replicas = { serviceName: 'replicas', prometheus: false, metrics: { otlp: true } } as const;
    for (const replica of [await stack.startHost(replicas), await stack.startHost(replicas)]) {
      await replica.act('agent-1', ALLOWED, 5);
      await replica.flush();
    }
    const pushed = 'agent_os_requests_total{service_name="replicas"}';
    await eventuallyEqual('pushed requests', () => prometheus.sum(pushed), 10);
    expect(await instances(pushed)).toBe(2);
    expect(await instances('target_info{job="replicas"}')).toBe(2);
    observed('senders', 'two of one service', [
      'scraped at the same address by the Collectors of two machines, and pushed: two series each, target_info too',
    ]);
  });

  it('that are scraped and push as well are counted once', async () => {
    const stack = stackOf();
    const { prometheus } = stack;
    await stack.startPrometheus();
    await stack.startCollector({ files: ['base', 'backends/prometheus'] });
    const host = await stack.startHost({ metrics: { otlp: true, exportIntervalMillis: 1000 } });
    await host.act('agent-1', ALLOWED, 10);
    await eventuallyEqual('requests', () => prometheus.sum(REQUESTS), 10);
    await eventually('a few scrapes', async () =>
      (await prometheus.stored('up{job="agent-os-kernel"}')).length > 5 ? true : undefined,
    );
    expect(await prometheus.query(REQUESTS)).toHaveLength(1);
    expect(await prometheus.query('target_info{job="e2e-kernel"}')).toHaveLength(1);
    observed('senders', 'a kernel that is scraped and pushes as well', [
      'one series, what it pushes; `up` is of the scrape',
    ]);
  });
});
