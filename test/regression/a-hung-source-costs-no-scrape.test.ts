import { sampleValue, seriesOf } from '../../src/testing/samples.js';
import { exposed, observed } from './support.js';

jest.mock('node:timers', () => jest.requireActual('../support/global-timers.js'));

// A source had one second whatever a whole collection had: below that, one that hung failed every scrape.

const SCRAPE_MILLIS = 200;

test('a source that hangs is absent from a scrape that has less than a second, and counted', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
  try {
    const obs = observed({ prometheus: { port: 0, timeoutMillis: SCRAPE_MILLIS } });
    obs.amb.observeBroker('redis', () => new Promise<boolean>(() => {}));
    obs.amb.observeQueueDepth('claims', () => 3);
    const page = async () => {
      const families = exposed(obs);
      await jest.advanceTimersByTimeAsync(SCRAPE_MILLIS - 1);
      return families;
    };
    const families = await page();
    expect(sampleValue(families, 'amb_queue_depth', { topic: 'claims' })).toBe(3);
    expect(seriesOf(families, 'amb_broker_connected')).toEqual([]);
    const failed = { signal: 'metrics', reason: 'callback_failed' };
    expect(sampleValue(await page(), 'agent_os_telemetry_dropped_total', failed)).toBeGreaterThan(0);
  } finally {
    jest.useRealTimers();
  }
});
