import { join } from 'node:path';
import { eventually } from './support/eventually.js';
import { ALLOWED, DENIED, KernelHost } from './support/kernel-host.js';
import { observed } from './support/observed.js';
import { TestStack } from './support/test-stack.js';
import { startWebhook, type Webhook } from './support/webhook.js';

/** What people have in minutes, small enough for a test. */
const INTERVALS = { scrape: '1s', rules: '1s', groupWait: '1s' };

describe('an alert', () => {
  let stack: TestStack;
  let webhook: Webhook;
  let host: KernelHost | undefined;
  beforeEach(async () => {
    stack = await TestStack.create();
    webhook = await startWebhook();
  });
  afterEach(async () => {
    await host?.stop();
    await stack.close();
    await webhook.close();
  });

  it('of a burst of violations fires, and reaches the team that is to be woken', async () => {
    const port = stack.settings.ports.alertLog;
    await Promise.all([
      stack.startAlertmanager({ webhook: webhook.url, groupWait: INTERVALS.groupWait }),
      stack.startPrometheus({ interval: INTERVALS.scrape, rules: join(__dirname, 'rules') }),
      stack.startCollector({
        files: ['base', 'backends/prometheus'],
        env: { KERNEL_METRICS_TARGET: `127.0.0.1:${port}`, KERNEL_SCRAPE_INTERVAL: INTERVALS.scrape },
      }),
    ]);
    host = await KernelHost.start({ serviceName: 'e2e-kernel', prometheus: { port }, otlp: false });
    await host.act('agent-1', ALLOWED, 20);
    await eventually('quiet traffic in Prometheus', async () =>
      (await stack.prometheus.sum('agent_os_requests_total')) === 20 ? true : undefined,
    );
    expect(await stack.prometheus.alerts()).toEqual([]);
    expect(webhook.notifications).toEqual([]);

    const violatedAt = performance.now();
    await host.act('agent-1', DENIED, 50);
    const notification = await webhook.next((one) => one.status === 'firing');
    const seconds = (performance.now() - violatedAt) / 1000;

    expect(notification.receiver).toBe('soc-page');
    expect(webhook.paths).toContain('/soc-page');
    expect(notification.alerts[0]!.labels).toMatchObject({
      alertname: 'BurstOfViolations',
      severity: 'critical',
      team: 'soc',
      service_name: 'e2e-kernel',
    });
    const firing = (await stack.prometheus.alerts()).filter(({ state }) => state === 'firing');
    expect(firing.map(({ labels }) => labels.alertname)).toEqual(['BurstOfViolations']);
    observed('alerting', 'a burst of violations fires in Prometheus and reaches the right receiver', [
      `50 violations: ${seconds.toFixed(1)} s from the first to the webhook of ${notification.receiver}`,
      `test-sized: scrape ${INTERVALS.scrape}, rules ${INTERVALS.rules}, group_wait ${INTERVALS.groupWait}; as shipped 15 s, 15 s and 10 s for critical alerts`,
    ]);
  });
});
