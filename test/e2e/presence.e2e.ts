import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from './support/eventually.js';
import type { KernelHost } from './support/kernel-host.js';
import { observed } from './support/observed.js';
import {
  allUp,
  firing,
  pushing,
  scraped,
  startShipped,
  statesOf,
  type Firing,
} from './support/shipped-intervals.js';
import { stackOfEachTest, type TestStack } from './support/test-stack.js';

const LIVES_SECONDS = 25;
const LISTENING = 'agent_os:listening:timestamp';

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
    const stack = stackOf();
    await startShipped(stack);
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
});
