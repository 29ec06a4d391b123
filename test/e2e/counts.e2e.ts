import { randomUUID } from 'node:crypto';
import { eventually, eventuallyEqual } from './support/eventually.js';
import { DENIED, KernelHost } from './support/kernel-host.js';
import { observed } from './support/observed.js';
import { stackOfEachTest, type TestStack } from './support/test-stack.js';

const VIOLATIONS = 'agent_os_violations_total{service_name="e2e-kernel"}';
/** As rules and panels count, over the whole test. */
const COUNTED = `sum(increase(${VIOLATIONS}[30m] anchored))`;
const EXTRAPOLATED = `sum(increase(${VIOLATIONS}[30m]))`;
const RECORDED = 'sum(agent_os:violations:increase5m)';
const LOOP = 3;
const CRASHES = 12;

type Options = Parameters<TestStack['startHost']>[0];

describe('violations are counted, none twice and none missed,', () => {
  const stackOf = stackOfEachTest();

  const WAYS: Record<string, (stack: TestStack) => Promise<Options>> = {
    'scraped by the Collector': async (stack) => {
      await stack.startCollector({ files: ['base', 'backends/prometheus'] });
      return { prometheus: { port: stack.kernelPort }, otlp: false };
    },
    'pushed to the Collector': async (stack) => {
      await stack.startCollector({ files: ['base', 'backends/prometheus'] });
      return pushing(stack.otlpUrl);
    },
    'pushed to Prometheus itself': async (stack) =>
      pushing(`http://127.0.0.1:${stack.settings.ports.prometheus}/api/v1/otlp`),
  };

  it.each(Object.keys(WAYS))('%s: at birth, over restarts, and in a crash loop', async (name) => {
    const stack = stackOf();
    await stack.startPrometheus();
    const way = await WAYS[name]!(stack);
    const start = (): Promise<KernelHost> =>
      KernelHost.start({
        serviceName: 'e2e-kernel',
        environment: 'e2e',
        resource: { 'service.instance.id': randomUUID() },
        ...way,
      });
    const found: string[] = [];
    let happened = 0;
    const counted = async (what: string): Promise<void> => {
      await eventuallyEqual(`violations counted ${what}`, () => stack.prometheus.sum(COUNTED), happened);
      const plain = await stack.prometheus.sum(EXTRAPOLATED);
      found.push(`${what}: ${happened}, where increase() alone says ${Math.round(plain)}`);
    };
    const violate = async (host: KernelHost, times: number): Promise<void> => {
      await host.act('agent-1', DENIED, times);
      happened += times;
    };

    let host = await start();
    try {
      await violate(host, 3000);
      await counted('of a series born with 3000');
      for (let i = 0; i < 10; i += 1) await violate(host, 20);
      await counted('with 200 more');

      await killed(host);
      host = await start();
      await violate(host, 3500);
      await counted('after kill -9, and 3500 by the next process, which is past the old value');

      for (let i = 1; i <= LOOP; i += 1) {
        await killed(host);
        host = await start();
        await violate(host, 10 * i);
        await counted(`after the ${i}th of ${LOOP} more crashes`);
      }
      await eventuallyEqual('the recorded count', () => stack.prometheus.sum(RECORDED), happened);
      found.push(`agent_os:violations:increase5m: ${happened} as well`);
    } finally {
      await killed(host);
    }
    observed('metrics', `violations are counted at birth, over restarts and in a crash loop, ${name}`, found);
  });

  it('scraped by the Collector, in a crash loop under an instance id that stays: none missed', async () => {
    const stack = stackOf();
    await stack.startPrometheus();
    const way = await WAYS['scraped by the Collector']!(stack);
    let happened = 0;
    for (let i = 0; i < CRASHES; i += 1) {
      const host = await KernelHost.start({
        serviceName: 'e2e-kernel',
        environment: 'e2e',
        resource: { 'service.instance.id': 'claims-1' },
        ...way,
      });
      await host.act('agent-1', DENIED, 10);
      happened += 10;
      // What a page had that was asked for before its series began counts twice there.
      await eventually(`violations after ${i + 1}`, async () => {
        return (await stack.prometheus.sum(COUNTED)) >= happened || undefined;
      });
      await killed(host);
    }
    const twice = (await stack.prometheus.sum(COUNTED)) - happened;
    expect(twice % 10).toBe(0);
    observed(
      'metrics',
      'violations are counted in a crash loop under an instance id that stays, none missed',
      [`${happened} by ${CRASHES} processes, each killed; ${twice} more are counted`],
    );
  });
});

const pushing = (endpoint: string): Options => ({
  prometheus: false,
  otlp: { endpoint, timeoutMillis: 1000 },
  metrics: { otlp: true, exportIntervalMillis: 1000, exportTimeoutMillis: 1000 },
});

async function killed(host: KernelHost): Promise<void> {
  process.kill(host.pid, 'SIGKILL');
  for (;;) {
    try {
      process.kill(host.pid, 0);
    } catch {
      return;
    }
    await new Promise(setImmediate);
  }
}
