import { join } from 'node:path';
import { runChild } from '../support/child.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';
import { createTestObservability, expectMetric } from '../../src/testing/index.js';
import { observed } from './support.js';

// Timers of a host's test do not pass by themselves: an export or a shutdown that waits for one never ends.

afterEach(() => void jest.useRealTimers());

/** The modern ones are those of sinon: with setImmediate, nextTick, queueMicrotask and performance. */
const FAKES: [string, () => void][] = [
  ['modern ones of jest, which are those of sinon', () => void jest.useFakeTimers()],
  ['legacy ones of jest', () => void jest.useFakeTimers({ legacyFakeTimers: true })],
];

describe.each(FAKES)('%s', (_, fake) => {
  beforeEach(fake);

  test('whatever of a handle is awaited settles', async () => {
    const obs = observed({ prometheus: { port: 0 } });
    await obs.ready;
    expect(await obs.export()).toContain('agent_os_');
    await obs.forceFlush();
    await obs.shutdown();
  });

  test('a push and spans are delivered', async () => {
    const receiver = await startOtlpReceiver();
    const obs = observed({ otlp: { endpoint: receiver.url }, metrics: { otlp: true } });
    obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {});
    await obs.forceFlush();
    expect(receiver.spans).toHaveLength(1);
    expect(receiver.metrics.length).toBeGreaterThan(0);
    await obs.shutdown();
    await receiver.close();
  });

  test('a test handle shows all, and ends', async () => {
    const obs = createTestObservability();
    obs.tracer.execute({ agentId: 'a', action: 'x' }, () => obs.kernel.recordKernelCrash());
    await expectMetric(obs, 'agent_os_kernel_crashes_total', {}, 1);
    expect(await obs.export()).toContain('agent_os_kernel_crashes_total 1');
    expect(obs.spans()).toHaveLength(1);
    await obs.shutdown();
  });

  test('a callback over several gauges is asked at each collection', async () => {
    const obs = createTestObservability();
    const meter = obs.meterProvider.getMeter('host');
    const gauge = meter.createObservableGauge('seen');
    let value = 0;
    meter.addBatchObservableCallback((result) => result.observe(gauge, ++value), [gauge]);
    for (const expected of [1, 2]) {
      const [series] = (await obs.series()).filter(({ name }) => name === 'seen');
      expect(series?.value).toBe(expected);
    }
    await obs.shutdown();
  });
});

test('those of node:test, which replaces them in node:timers and node:timers/promises too', async () => {
  const receiver = await startOtlpReceiver();
  try {
    const child = runChild(join(__dirname, '../integration/children/fake-timers.ts'), {
      args: [receiver.url],
    });
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(child.stdout.trim().split('\n')).toEqual(['exported true', 'scraped 200', 'flushed', 'ended']);
    expect(receiver.spans).toHaveLength(1);
    expect(receiver.metrics.length).toBeGreaterThan(0);
  } finally {
    await receiver.close();
  }
});
