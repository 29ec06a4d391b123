import { setTimeout as delay } from 'node:timers/promises';
import { eventuallyEqual } from './support/eventually.js';
import { ALLOWED, type KernelHost } from './support/kernel-host.js';
import { observed } from './support/observed.js';
import { allUp, firing, pushing, scraped, startShipped } from './support/shipped-intervals.js';
import { stackOfEachTest, type TestStack } from './support/test-stack.js';
import { startWebhook, type Webhook } from './support/webhook.js';

const FRESH_SECONDS = 180;
const DAY_SECONDS = 22 * 60;
/** In the middle of the day. */
const DEPLOYED_AFTER_SECONDS = 10 * 60;
const REQUESTS_A_SECOND = 2;
const FORBIDDEN_EACH_SECONDS = 90;
const REPLICAS = 4;
const RESTS = 'resting AgentOSKernelIdle warning';

describe('at shipped intervals', () => {
  const stackOf = stackOfEachTest();
  let webhook: Webhook;
  beforeEach(async () => (webhook = await startWebhook()));
  afterEach(() => webhook.close());

  it('nobody is paged on a day with a fresh stack, traffic and a rolling deployment; a kernel that is asked nothing is told of', async () => {
    const stack = stackOf();
    const day = new Day(stack);
    await stack.startAlertmanager({ webhook: webhook.url, groupWait: '0s' });
    await stack.startJaeger();
    await startShipped(stack, ['backends/jaeger', 'backends/prometheus']);
    await day.watchedFor(FRESH_SECONDS);
    expect([...day.fired.keys()]).toEqual([]);

    await day.start('scraped', 1);
    await day.start('replicas', REPLICAS);
    await day.start('pushing', 1);
    await stack.startHost(pushing('resting'));
    await allUp(stack, ['scraped', 'replicas', 'pushing', 'resting']);
    const begun = performance.now();
    const restOf = (): number => DAY_SECONDS - (performance.now() - begun) / 1000;
    await day.watchedFor(DEPLOYED_AFTER_SECONDS);
    await day.deployed();
    await allUp(stack, ['scraped', 'replicas', 'pushing', 'resting']);
    await day.watchedFor(restOf());

    expect([...day.fired.keys()]).toEqual([RESTS]);
    const told = webhook.notifications.flatMap(({ alerts }) =>
      alerts.map(({ labels }) => labels['alertname']),
    );
    expect([...new Set(told)].sort()).toEqual(['AgentOSKernelIdle', 'Watchdog']);
    // What a page had after its last scrape is lost with its process; a push is made before the end.
    for (const [metric, happened] of Object.entries(day.pushed)) {
      const counted = `sum(increase(${metric}{service_name!="scraped"}[40m] anchored))`;
      await eventuallyEqual(metric, () => stack.prometheus.sum(counted), happened);
    }
    observed('presence', 'a normal day pages nobody', [
      `${FRESH_SECONDS / 60} minutes of a fresh stack without a kernel, then ${DAY_SECONDS / 60} of traffic by ${REPLICAS + 2} processes of three services, scraped and pushing: ${day.pushed.agent_os_requests_total} requests by those that push, ${day.pushed.agent_os_violations_total} of them denied and blocked; all are counted`,
      `a rolling deployment in the middle: ${REPLICAS + 2} processes told to stop and replaced, one after the other`,
      `a kernel that is asked nothing is all that is told of, as a warning, ${day.fired.get(RESTS)!.toFixed(0)} s after the stack was started`,
    ]);
  }, 1_800_000);

  it('kernels say goodbye where they are scraped, and are one alert where the Collector is frozen', async () => {
    const stack = stackOf();
    // What is not there for five minutes is an alert of its own.
    await stack.startJaeger();
    await stack.startAlertmanager({ webhook: webhook.url, groupWait: '0s' });
    const collector = await startShipped(stack);
    const atPage = await stack.startHost(scraped('scraped'));
    await Promise.all(['a', 'b', 'c'].map((name) => stack.startHost(pushing(name))));
    await allUp(stack, ['scraped', 'a', 'b', 'c']);
    await atPage.terminate();
    await delay(75_000);
    expect(await firing(stack)).toEqual([]);
    process.kill(collector.pid, 'SIGSTOP');
    const since = performance.now();
    const seen = new Set<string>();
    while (performance.now() - since < 240_000) {
      for (const { alert } of await firing(stack)) seen.add(alert);
      await delay(1000);
    }
    process.kill(collector.pid, 'SIGCONT');
    expect([...seen]).toEqual(['OtelCollectorDown']);
    await delay(60_000);
    expect((await firing(stack)).filter(({ alert }) => alert.startsWith('AgentOSKernel'))).toEqual([]);
    observed('presence', 'a frozen Collector is one alert', ['four minutes frozen: OtelCollectorDown alone']);
  }, 600_000);
});

/** Hosts at their work, and what fires meanwhile. */
class Day {
  /** Seconds after the first look, of each that ever fired. */
  readonly fired = new Map<string, number>();
  /** By those that push. */
  readonly pushed = { agent_os_requests_total: 0, agent_os_violations_total: 0 };
  private readonly begun = performance.now();
  private readonly hosts: { readonly service: string; host: KernelHost }[] = [];
  private seconds = 0;

  constructor(private readonly stack: TestStack) {}

  async start(service: string, replicas: number): Promise<void> {
    for (let i = 0; i < replicas; i += 1)
      this.hosts.push({ service, host: await this.stack.startHost(optionsOf(service)) });
  }

  async watchedFor(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i += 1) {
      await Promise.all([this.second(), delay(1000)]);
    }
  }

  /** Each is told to stop and replaced, one after the other, while the others work. */
  async deployed(): Promise<void> {
    for (const one of [...this.hosts]) {
      this.hosts.splice(this.hosts.indexOf(one), 1);
      await one.host.terminate();
      await this.start(one.service, 1);
      await this.watchedFor(10);
    }
  }

  private async second(): Promise<void> {
    this.seconds += 1;
    const isForbidden = this.seconds % FORBIDDEN_EACH_SECONDS === 0;
    await Promise.all(
      this.hosts.map(async ({ service, host }, index) => {
        const agentId = `agent-${index % 3}`;
        await host.act(agentId, ALLOWED, REQUESTS_A_SECOND);
        if (isForbidden) await host.forbid(agentId, index % 2 === 0 ? 'low' : 'medium');
        if (service === 'scraped') return;
        this.pushed.agent_os_requests_total += REQUESTS_A_SECOND + Number(isForbidden);
        this.pushed.agent_os_violations_total += Number(isForbidden);
      }),
    );
    for (const { service, alert, severity } of await firing(this.stack)) {
      const name = `${service} ${alert} ${severity}`;
      if (!this.fired.has(name)) this.fired.set(name, (performance.now() - this.begun) / 1000);
    }
  }
}

const optionsOf = (service: string) => (service === 'scraped' ? scraped(service) : pushing(service));
