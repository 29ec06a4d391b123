import { eventually } from './support/eventually.js';
import { ALLOWED, DENIED } from './support/kernel-host.js';
import { opens } from './support/opens.js';
import { observed } from './support/observed.js';
import { stackOfEachTest } from './support/test-stack.js';
import { startWebhook, type Webhook } from './support/webhook.js';

/** What people have in minutes, small enough for a test. */
const INTERVALS = { scrape: '1s', rules: '1s', groupWait: '1s' };

describe('an alert', () => {
  const stackOf = stackOfEachTest();
  let webhook: Webhook;
  beforeEach(async () => (webhook = await startWebhook()));
  afterEach(() => webhook.close());

  it('of a burst of violations fires, and reaches the team that is to be woken', async () => {
    const stack = stackOf();
    await Promise.all([
      stack.startAlertmanager({ webhook: webhook.url, groupWait: INTERVALS.groupWait }),
      stack.startPrometheus({ interval: INTERVALS.scrape }),
      stack.startCollector({
        files: ['base', 'backends/prometheus'],
        env: { KERNEL_SCRAPE_INTERVAL: INTERVALS.scrape },
      }),
    ]);
    const host = await stack.startHost({ otlp: false });
    await host.act('agent-1', ALLOWED, 20);
    await eventually('quiet traffic in Prometheus', async () =>
      (await stack.prometheus.sum('agent_os_requests_total')) === 20 ? true : undefined,
    );
    const firing = async (): Promise<string[]> =>
      (await stack.prometheus.alerts())
        .filter(({ state }) => state === 'firing')
        .map(({ labels }) => labels.alertname!);
    expect(await firing()).toEqual(['Watchdog']);
    await webhook.next(({ receiver }) => receiver === 'dead-mans-switch');
    expect(webhook.notifications.map(({ receiver }) => receiver)).toEqual(
      webhook.notifications.map(() => 'dead-mans-switch'),
    );

    const violatedAt = performance.now();
    await host.act('agent-1', DENIED, 50);
    const notification = await webhook.next(({ receiver }) => receiver !== 'dead-mans-switch');
    const seconds = (performance.now() - violatedAt) / 1000;

    expect(notification).toMatchObject({ receiver: 'soc-page', status: 'firing' });
    expect(webhook.paths).toContain('/soc-page');
    const [alert] = notification.alerts;
    expect(alert!.labels).toMatchObject({
      alertname: 'AgentOSHighViolationRate',
      severity: 'critical',
      team: 'soc',
      service_name: 'e2e-kernel',
    });
    expect(alert!.annotations.summary).toContain('e2e-kernel');
    // Rules know where links lead, and nobody is told.
    expect(Object.keys(alert!.labels).filter((name) => name.endsWith('_url'))).toEqual([]);
    await stack.startLook();
    const links = Object.entries({ ...alert!.annotations, generatorURL: alert!.generatorURL });
    const opened = await Promise.all(
      links
        .filter(([name]) => /url$/i.test(name))
        .map(async ([name, url]) => [name, await opens(url)] as const),
    );
    expect(opened.map(([name]) => name).sort()).toEqual(['dashboard_url', 'generatorURL', 'runbook_url']);
    expect(Object.fromEntries(opened).runbook_url).toContain('AgentOSHighViolationRate');
    expect(await firing()).toContain('AgentOSHighViolationRate');
    observed('alerting', 'a burst of violations fires in Prometheus and reaches the right receiver', [
      `50 violations among 70 requests: AgentOSHighViolationRate fires, ${seconds.toFixed(1)} s from the first violation to the webhook of ${notification.receiver}, of which 60 s are the alert’s own for; until then only the Watchdog fires, into the dead man’s switch`,
      'its runbook, its dashboard and its expression open in a browser from the links in the notification',
      `test-sized: scrape ${INTERVALS.scrape}, rules ${INTERVALS.rules}, group_wait ${INTERVALS.groupWait}; as shipped 15 s, 15 s and none for critical alerts, so up to about 90 s`,
    ]);
  });
});
