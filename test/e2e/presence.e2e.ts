import { setTimeout as delay } from 'node:timers/promises';
import type { ObservabilityOptions } from '../../src/index.js';
import { SHIPPED } from './support/configurations.js';
import type { Program } from '../../tools/stack/native/program.js';
import { eventually } from './support/eventually.js';
import type { KernelHost } from './support/kernel-host.js';
import { observed } from './support/observed.js';
import { stackOfEachTest, type TestStack } from './support/test-stack.js';

/** As shipped: nothing is shortened here. */
const PUSHES = { otlp: true, exportIntervalMillis: 15_000 };
const LIVES_SECONDS = 25;
const LISTENING = 'agent_os:listening:timestamp';
/** With it, what takes more than three minutes as well. */
const isLong = process.env['E2E_PRESENCE'] === 'long';

interface Firing {
  readonly service: string;
  readonly alert: string;
  readonly severity: string;
}

const isGone = (pid: number): boolean => {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
};

describe('kernels at shipped intervals', () => {
  const stopped: number[] = [];
  // One that is stopped cannot end in order: it is gone before the stack is closed.
  afterEach(async () => {
    for (const pid of stopped.splice(0)) {
      process.kill(pid, 'SIGKILL');
      await eventually('its end', async () => isGone(pid) || undefined);
    }
  });
  const stackOf = stackOfEachTest();

  const started = async (): Promise<{ stack: TestStack; collector: Program }> => {
    const stack = stackOf();
    const env = { KERNEL_SCRAPE_INTERVAL: '15s' };
    const [collector] = await Promise.all([
      stack.startCollector({ files: ['base', 'backends/prometheus'], env }),
      stack.startPrometheus({ interval: SHIPPED }),
    ]);
    return { stack, collector };
  };
  const scraped = (serviceName: string): ObservabilityOptions => ({ serviceName });
  const pushing = (serviceName: string): ObservabilityOptions => ({
    serviceName,
    prometheus: false,
    metrics: PUSHES,
  });
  const statesOf = async ({ prometheus }: TestStack): Promise<string[]> =>
    (await prometheus.query('agent_os:kernel_state')).map(
      ({ labels }) => `${labels['service_name']} ${labels['state']}`,
    );
  const firing = async ({ prometheus }: TestStack): Promise<Firing[]> =>
    (await prometheus.alerts())
      .filter(({ state, labels }) => state === 'firing' && labels['alertname'] !== 'Watchdog')
      .map(({ labels }) => ({
        service: labels['service_name'] ?? '',
        alert: labels['alertname']!,
        severity: labels['severity']!,
      }));
  const allUp = (stack: TestStack, services: readonly string[]): Promise<true> => {
    let seen: string[] = [];
    return eventually(
      `${services.join(', ')} up`,
      async () => {
        seen = await statesOf(stack);
        return services.every((name) => seen.includes(`${name} up`)) ? true : undefined;
      },
      () => seen,
    );
  };
  /** Seconds from `since` until each is fired about. */
  const untilFired = async (
    stack: TestStack,
    since: number,
    wanted: Readonly<Record<string, string>>,
    patienceMillis = 100_000,
  ): Promise<Record<string, number>> => {
    const seconds: Record<string, number> = {};
    let seen: Firing[] = [];
    await eventually(
      Object.values(wanted).join(', '),
      async () => {
        seen = await firing(stack);
        for (const { service, alert, severity } of seen)
          if (wanted[service] === `${alert} ${severity}`)
            seconds[service] ??= (performance.now() - since) / 1000;
        return Object.keys(wanted).every((service) => service in seconds) ? true : undefined;
      },
      () => seen,
      patienceMillis,
    );
    return seconds;
  };
  const shown = (seconds: number): string => `${seconds.toFixed(0)} s`;

  it('are missed within a minute where they are killed or hang, each by itself, and not where they leave', async () => {
    const { stack } = await started();
    await eventually('rules', async () => (await stack.prometheus.sum(LISTENING)) > 0 || undefined);
    expect(await firing(stack)).toEqual([]);

    const [atPage, killed, hung, replica, other, ...leaving] = (await Promise.all([
      stack.startHost(scraped('scraped')),
      ...['killed', 'hung', 'replicas', 'replicas', 'leaving-1', 'leaving-2', 'leaving-3'].map((name) =>
        stack.startHost(pushing(name)),
      ),
    ])) as [KernelHost, KernelHost, KernelHost, KernelHost, KernelHost, ...KernelHost[]];
    // It begins anew each time under another instance id, and is the same kernel.
    let loops = true;
    const loop = (async (): Promise<number> => {
      const since = performance.now();
      while (loops) {
        const host = await stack.startHost(pushing('looping'));
        await delay(LIVES_SECONDS * 1000);
        process.kill(host.pid, 'SIGKILL');
      }
      return since;
    })();
    await allUp(stack, ['scraped', 'killed', 'hung', 'replicas', 'leaving-1', 'leaving-2', 'leaving-3']);

    const since = performance.now();
    process.kill(atPage.pid, 'SIGKILL');
    process.kill(killed.pid, 'SIGKILL');
    process.kill(replica.pid, 'SIGKILL');
    process.kill(hung.pid, 'SIGSTOP');
    stopped.push(hung.pid);
    for (const { pid } of leaving) process.kill(pid, 'SIGTERM');
    const seconds = await untilFired(stack, since, {
      scraped: 'AgentOSKernelDown critical',
      killed: 'AgentOSKernelDown critical',
      hung: 'AgentOSKernelDown critical',
      replicas: 'AgentOSKernelDown warning',
    });
    for (const each of Object.values(seconds)) expect(each).toBeLessThanOrEqual(61);
    const looped = await untilFired(stack, since, { looping: 'AgentOSKernelCrashLoop critical' });
    loops = false;
    const loopSeconds = looped['looping']! + (since - (await loop)) / 1000;

    const about = (await firing(stack)).map(({ service }) => service);
    expect(about.sort()).toEqual(['hung', 'killed', 'looping', 'replicas', 'scraped']);
    const states = await statesOf(stack);
    for (const name of ['leaving-1', 'leaving-2', 'leaving-3']) expect(states).toContain(`${name} stopping`);
    await other.stop();
    observed(
      'presence',
      'a kernel that is killed or hangs is missed, each by itself; one that leaves is not',
      [
        `${shown(seconds['scraped']!)} from kill -9 of one that is scraped each 15 s to AgentOSKernelDown, ${shown(seconds['killed']!)} of one that pushes each 15 s, ${shown(seconds['hung']!)} of one whose process stands still`,
        `${shown(seconds['replicas']!)} to the warning for one of two on one machine`,
        `${shown(loopSeconds)} from the first start of one that is killed every ${LIVES_SECONDS} s to AgentOSKernelCrashLoop, and it is never said to be down`,
        'SIGTERM of three: no alert, their state is stopping',
      ],
    );
  });

  const frozen = async (): Promise<void> => {
    const { stack, collector } = await started();
    const atPage = await stack.startHost(scraped('scraped'));
    await Promise.all(['a', 'b', 'c'].map((name) => stack.startHost(pushing(name))));
    await allUp(stack, ['scraped', 'a', 'b', 'c']);
    process.kill(atPage.pid, 'SIGTERM');
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
  };
  if (isLong)
    it(
      'say goodbye where they are scraped, and are one alert where the Collector is frozen',
      frozen,
      600_000,
    );
});
