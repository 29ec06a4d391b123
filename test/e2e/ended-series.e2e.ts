import { eventually, eventuallyEqual } from './support/eventually.js';
import { ALLOWED, type KernelHost } from './support/kernel-host.js';
import { observed } from './support/observed.js';
import { stackOfEachTest, type TestStack } from './support/test-stack.js';

const OURS = '{__name__=~"(agent_os|amb|cmvk|gen_ai)_[^:]+",service_name="e2e-kernel"}';
const UPTIME = 'agent_os_kernel_uptime_seconds';
const REQUESTS = 'agent_os_requests_total{status="success"}';
/** As rules and panels count: by the samples of a time, which a series has whether it has ended or not. */
const COUNTED = `sum(last_over_time(${REQUESTS}[5m]))`;
/** Of the five minutes after which Prometheus forgets a series by itself. */
const SOON_SECONDS = 30;

describe('the series of a kernel that pushes', () => {
  const stackOf = stackOfEachTest();

  const WAYS: Record<string, (stack: TestStack) => Promise<string>> = {
    'the Collector': async (stack) => {
      await stack.startCollector({ files: ['base', 'backends/prometheus'] });
      return stack.otlpUrl;
    },
    'Prometheus itself': async (stack) => `http://127.0.0.1:${stack.settings.ports.prometheus}/api/v1/otlp`,
  };

  it.each(Object.keys(WAYS))('end with its shutdown, pushed to %s, and lose no count', async (way) => {
    const stack = stackOf();
    const { prometheus } = stack;
    await stack.startPrometheus();
    const endpoint = await WAYS[way]!(stack);
    const start = (): Promise<KernelHost> =>
      stack.startHost({
        prometheus: false,
        otlp: { endpoint, timeoutMillis: 1000 },
        metrics: { otlp: true, exportIntervalMillis: 60_000 },
      });
    const instances = async (): Promise<(string | undefined)[]> =>
      (await prometheus.query(UPTIME)).map(({ labels }) => labels['service_instance_id']);

    const first = await start();
    await first.act('agent-1', ALLOWED, 10);
    await first.flush();
    await eventuallyEqual('requests', () => prometheus.sum(REQUESTS), 10);
    const series = (await prometheus.query(OURS)).length;
    expect(series).toBeGreaterThan(50);
    const [old] = await instances();

    await first.act('agent-1', ALLOWED, 5); // the last push has these
    await first.stop();
    const stoppedAt = performance.now();
    await eventuallyEqual('series of the kernel that has ended', async () => prometheus.query(OURS), []);
    const seconds = (performance.now() - stoppedAt) / 1000;
    expect(seconds).toBeLessThan(SOON_SECONDS);
    await eventuallyEqual('requests of the kernel that has ended', () => prometheus.sum(COUNTED), 15);

    const second = await start();
    await second.act('agent-1', ALLOWED, 2);
    await second.flush();
    const [now, ...others] = await eventually('the next kernel', async () => {
      const found = await instances();
      return found.length > 0 ? found : undefined;
    });
    expect(others).toEqual([]);
    expect(now).not.toBe(old);
    await eventuallyEqual('requests of both', () => prometheus.sum(COUNTED), 17);

    observed('metrics', `series end with the kernel that pushes them, to ${way}`, [
      `${series} series found at no instant after its shutdown, ${seconds.toFixed(1)} s later; its 15 requests, of which the last push had 5, still count over 5 minutes`,
      'the kernel after it, another instance, is found alone',
    ]);
  });
});
