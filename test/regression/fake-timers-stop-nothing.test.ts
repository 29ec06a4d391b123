import { join } from 'node:path';
import { runChild } from '../support/child.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';
import { observed } from './support.js';

// Timers of a host's test do not pass by themselves: an export or a shutdown that waits for one never ends.

afterEach(() => void jest.useRealTimers());

test('those of jest or sinon', async () => {
  jest.useFakeTimers();
  const obs = observed({ prometheus: { port: 0 } });
  await obs.ready;
  expect(await obs.export()).toContain('agent_os_');
  await obs.forceFlush();
  await obs.shutdown();
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
