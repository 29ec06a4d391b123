import { diag, type Meter } from '@opentelemetry/api';
import { nextTurn } from '../../src/common/timers.js';
import { createTestObservability, type TestObservability } from '../../src/testing/index.js';
import { parseExposition } from '../../src/testing/parse-exposition.js';
import { sampleValue, seriesOf } from '../../src/testing/samples.js';
import { metricStore, PIPELINES } from '../support/stores.js';

// One observable gauge of any library that threw or hung made every scrape a 503 for as long as it did.

describe.each(PIPELINES)('in the %s store', (pipeline) => {
  let obs: TestObservability;
  let meter: Meter;
  let said: string[];
  beforeEach(() => {
    said = [];
    const log = (message: string): void => void said.push(message);
    diag.setLogger({ error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} });
    obs = createTestObservability({ pipeline });
    meter = obs.meterProvider.getMeter('a-library');
    meter.createObservableGauge('good').addCallback((result) => result.observe(1));
  });
  afterEach(async () => {
    await obs.shutdown();
    diag.disable();
  });
  const exposed = async () => parseExposition(await obs.export());
  const failed = { signal: 'metrics', reason: 'callback_failed' };

  test.each<[string, () => void | Promise<void>]>([
    [
      'throws',
      () => {
        throw new Error('the queue is gone');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the queue is gone'))],
    ['rejects with nothing', () => Promise.reject(undefined)],
  ])('an observable that %s is left out, counted and named once, and all else is there', async (_, fail) => {
    const bad = meter.createObservableCounter('bad');
    bad.addCallback((result) => result.observe(7));
    bad.addCallback(fail);
    await exposed();
    await exposed();
    const families = await exposed();
    expect(sampleValue(families, 'good')).toBe(1);
    expect(seriesOf(families, 'bad_total')).toEqual([]);
    expect(sampleValue(families, 'agent_os_telemetry_dropped_total', failed)).toBeGreaterThanOrEqual(2);
    expect(said).toEqual([expect.stringContaining('bad: a callback failed')]);
  });

  test('a batch callback that fails takes its own instruments alone', async () => {
    const pair = ['a', 'b'].map((name) => meter.createObservableGauge(name));
    meter.addBatchObservableCallback(() => Promise.reject(new Error('no')), pair);
    const families = await exposed();
    expect(families.map(({ name }) => name)).not.toContain('a');
    expect(sampleValue(families, 'good')).toBe(1);
    expect(said).toHaveLength(2);
  });
});

test.each(PIPELINES)(
  'a callback that hangs costs the %s store its deadline once, and is not asked again',
  async (name) => {
    const store = metricStore(name, { collectionTimeoutMillis: 40 });
    const meter = store.meterProvider.getMeter('a-library');
    let answer = (): void => {};
    const hung = jest.fn(() => new Promise<void>((resolve) => (answer = resolve)));
    meter.createObservableGauge('hung').addCallback(hung);
    meter.createObservableGauge('good').addCallback((result) => result.observe(1));
    for (let scrape = 0; scrape < 3; scrape++) {
      expect(sampleValue(parseExposition(await store.export()), 'good')).toBe(1);
    }
    expect(hung).toHaveBeenCalledTimes(1);
    answer();
    await nextTurn();
    await store.export();
    expect(hung).toHaveBeenCalledTimes(2);
    answer();
    await store.shutdown();
  },
);
