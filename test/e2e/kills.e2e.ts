import { eventually } from './support/eventually.js';
import { observed } from './support/observed.js';
import { stackOfEachTest } from './support/test-stack.js';
import { startWebhook, type Webhook } from './support/webhook.js';

/** As delivered, by prometheus.yml, the Collector's base.yaml and alertmanager.yml. */
const SHIPPED = { scrape: '15s', rules: '15s', groupWait: '0s' };
const KILLS = [
  { agentId: 'agent-1', handler: 'throws', alertname: 'AgentOSKillFailed', within: 45 },
  { agentId: 'agent-2', handler: 'hangs', alertname: 'AgentOSKillHung', within: 50 },
] as const;
const LOOK_FOR_MILLIS = 100_000;

describe('at the intervals as delivered, a kill', () => {
  const stackOf = stackOfEachTest();
  let webhook: Webhook;
  beforeEach(async () => (webhook = await startWebhook()));
  afterEach(() => webhook.close());

  it('whose handler throws, and one that hangs, page within a minute', async () => {
    const stack = stackOf();
    await Promise.all([
      stack.startAlertmanager({ webhook: webhook.url, groupWait: SHIPPED.groupWait }),
      stack.startPrometheus({ interval: SHIPPED.rules }),
      stack.startCollector({
        files: ['base', 'backends/prometheus'],
        env: { KERNEL_SCRAPE_INTERVAL: SHIPPED.scrape },
      }),
    ]);
    const host = await stack.startHost({ otlp: false });
    await eventually('attempts at 0 in Prometheus', async () =>
      (await stack.prometheus.query('agent_os_kill_attempts_total')).length === 5 ? true : undefined,
    );

    const secondsSince = (start: number): number => (performance.now() - start) / 1000;
    const measured = await Promise.all(
      KILLS.map(async ({ agentId, handler, alertname, within }) => {
        const start = performance.now();
        await host.kill(agentId, handler);
        const paged = webhook
          .next(({ alerts }) => alerts.some(({ labels }) => labels.alertname === alertname))
          .then(({ receiver }) => ({ receiver, after: secondsSince(start) }));
        await eventually(
          `${alertname} firing`,
          async () =>
            (await stack.prometheus.alerts()).find(
              ({ labels, state }) => labels.alertname === alertname && state === 'firing',
            ),
          () => webhook.paths,
          LOOK_FOR_MILLIS,
        );
        const firing = secondsSince(start);
        const page = await paged;
        expect(page.receiver).toBe('soc-page');
        expect(firing).toBeLessThanOrEqual(within);
        return `a kill whose handler ${handler}: ${alertname} fires ${firing.toFixed(1)} s after the kill began (at most ${within}), and pages ${page.receiver} after ${page.after.toFixed(1)} s`;
      }),
    );

    expect(await stack.prometheus.sum('agent_os_kills_in_progress')).toBe(1);
    expect(await stack.prometheus.sum('agent_os_kill_attempts_total{outcome="stopped"}')).toBe(0);
    observed('kills', 'a kill that fails and one that hangs page somebody', [
      ...measured,
      `as shipped: scrape ${SHIPPED.scrape}, rules ${SHIPPED.rules}, group_wait ${SHIPPED.groupWait}`,
    ]);
  });
});
