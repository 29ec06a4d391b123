import { diag, type Meter } from '@opentelemetry/api';
import { DropLog } from '../../../src/diagnostics/drop-log.js';
import type { NativeMetricStore } from '../../../src/pipeline/metrics/native-metric-store.js';
import { fakeClock } from '../../support/clock.js';
import { nativeStore } from '../../support/stores.js';
import { DELIVERED, failed, FakeSender, pushTo, TOO_LARGE } from './push-support.js';

const said: string[] = [];
const no = (): void => {};
beforeEach(() => {
  said.length = 0;
  diag.setLogger({ error: no, warn: (line) => void said.push(line), info: no, debug: no, verbose: no });
});
afterEach(() => diag.disable());

type Preference = 'cumulative' | 'delta' | 'lowmemory';

interface Pushed {
  readonly store: NativeMetricStore;
  readonly meter: Meter;
  readonly lost: [string, string, number][];
}

const clock = fakeClock(1_700_000_000_000);
const opened: NativeMetricStore[] = [];
afterEach(() => Promise.all(opened.splice(0).map((store) => store.shutdown())));

function pushing(sender: FakeSender, temporality: Preference = 'cumulative'): Pushed {
  const drops = new DropLog();
  const lost: [string, string, number][] = [];
  drops.countInto((signal, reason, count) => lost.push([signal, reason, count]));
  const store = nativeStore({ push: pushTo(sender, { temporality }), drops, now: clock.now });
  opened.push(store);
  return { store, meter: store.meterProvider.getMeter('shop', '1.2'), lost };
}

const valuesOf = (sender: FakeSender) =>
  sender.decoded().map(({ name, points }) => [name, points.map(({ value, count }) => value ?? count)]);

describe('a push', () => {
  test('sends nothing where nothing was recorded', async () => {
    const sender = new FakeSender();
    const { store, meter } = pushing(sender);
    meter.createCounter('n');
    await store.forceFlush();
    expect(sender.messages).toEqual([]);
  });

  test('sends the values as they are, with their start and the time of the push', async () => {
    const sender = new FakeSender();
    const { store, meter } = pushing(sender);
    const counter = meter.createCounter('n', { description: 'all', unit: '{thing}' });
    const start = BigInt(clock.now()) * 1_000_000n;
    counter.add(2, { a: 'x' });
    clock.advance(1000);
    counter.add(3, { a: 'x' });
    await store.forceFlush();
    expect(sender.decoded()).toEqual([
      {
        name: 'n',
        description: 'all',
        unit: '{thing}',
        kind: 'sum',
        monotonic: true,
        temporality: 'cumulative',
        resource: { 'service.name': 'test' },
        scope: { name: 'shop', version: '1.2', attributes: {} },
        points: [
          {
            attributes: { a: 'x' },
            startNanos: start,
            timeNanos: start + 1_000_000_000n,
            flags: 0,
            exemplars: [],
            value: 5,
          },
        ],
      },
    ]);
  });

  test('is one at a time; those that ask while one is under way share the next', async () => {
    const sender = new FakeSender();
    const { store, meter } = pushing(sender);
    const counter = meter.createCounter('n');
    counter.add(1);
    let answer = (): void => {};
    sender.answer = () => new Promise((resolve) => (answer = () => resolve(DELIVERED)));
    const first = store.forceFlush();
    while (sender.messages.length === 0) await new Promise(setImmediate);
    counter.add(1);
    const others = [store.forceFlush(), store.forceFlush(), store.forceFlush()];
    sender.answer = () => DELIVERED;
    answer();
    await Promise.all([first, ...others]);
    expect(valuesOf(sender)).toEqual([
      ['n', [1]],
      ['n', [2]],
    ]);
  });

  test('is made at the end, after which the sender is closed and nothing more is pushed', async () => {
    const sender = new FakeSender();
    const { store, meter } = pushing(sender);
    meter.createCounter('n').add(1);
    await Promise.all([store.shutdown(), store.shutdown()]);
    const sent = sender.messages.length;
    await store.forceFlush();
    expect(sender.messages).toHaveLength(sent);
    expect(valuesOf(sender)[0]).toEqual(['n', [1]]);
    expect(sender.closed).toBe(1);
    expect(sender.options.map(({ ending }) => ending())).toEqual([true, true]);
  });

  test('is made every interval, by timers that a host cannot replace, while the process may end', async () => {
    const sender = new FakeSender();
    const store = nativeStore({ push: { ...pushTo(sender), intervalMillis: 5 }, now: clock.now });
    opened.push(store);
    store.meterProvider.getMeter('h').createCounter('n').add(1);
    const pushed = new Promise<void>((resolve) => {
      let pushes = 0;
      sender.answer = () => {
        if (++pushes === 3) resolve();
        return DELIVERED;
      };
    });
    jest.useFakeTimers();
    try {
      await pushed;
      await store.shutdown();
    } finally {
      jest.useRealTimers();
    }
    expect(sender.messages.length).toBeGreaterThanOrEqual(3);
  });

  test('is given up when its time is over, and the next one is made', async () => {
    const sender = new FakeSender();
    const store = nativeStore({ push: { ...pushTo(sender), timeoutMillis: 5 }, now: clock.now });
    opened.push(store);
    store.meterProvider.getMeter('h').createCounter('n').add(1);
    sender.answer = (_, { signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(failed('aborted'))));
    await store.forceFlush();
    sender.answer = () => DELIVERED;
    await store.forceFlush();
    expect(valuesOf(sender)).toEqual([['n', [1]]]);
  });

  test('that is abandoned is the last one', async () => {
    const sender = new FakeSender();
    const { store, meter } = pushing(sender);
    meter.createCounter('n').add(1);
    sender.answer = (_, { signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(failed('aborted'))));
    const flush = store.forceFlush();
    while (sender.messages.length === 0) await new Promise(setImmediate);
    store.abandon();
    await flush;
    await store.shutdown();
    expect(sender.messages).toHaveLength(1);
  });

  test('says that a callback failed, and sends everything else', async () => {
    const sender = new FakeSender();
    const { store, meter } = pushing(sender);
    meter.createObservableGauge('bad').addCallback(() => {
      throw new Error('no answer');
    });
    meter.createObservableGauge('good').addCallback((result) => result.observe(1));
    meter.createCounter('n').add(1);
    await store.forceFlush();
    expect(valuesOf(sender)).toEqual([
      ['good', [1]],
      ['n', [1]],
    ]);
    expect(said).toEqual([expect.stringContaining('a callback failed (Error: no answer)')]);
  });
});

describe('a push that fails', () => {
  test('of totals loses nothing: it is said once per cause, and once when the endpoint answers again', async () => {
    const sender = new FakeSender();
    const { store, meter, lost } = pushing(sender);
    const counter = meter.createCounter('n');
    counter.add(1);
    for (const reason of ['connection refused', 'connection refused', 'status 503']) {
      sender.answer = () => failed(reason);
      await store.forceFlush();
    }
    sender.answer = () => DELIVERED;
    counter.add(1);
    await store.forceFlush();
    await store.forceFlush();
    expect(lost).toEqual([]);
    expect(valuesOf(sender)).toEqual([
      ['n', [2]],
      ['n', [2]],
    ]);
    const endpoint = 'http://collector:4318/v1/metrics';
    expect(said).toEqual([
      `agent-os-observability: pushed metrics: ${endpoint} did not take them (connection refused); they go with the next push.`,
      `agent-os-observability: pushed metrics: ${endpoint} did not take them (status 503); they go with the next push.`,
      `agent-os-observability: pushed metrics: ${endpoint} takes them again; nothing was lost.`,
    ]);
  });

  test('is said once a minute for one cause, whatever comes and goes', async () => {
    const sender = new FakeSender();
    const { store, meter } = pushing(sender);
    meter.createCounter('n').add(1);
    for (let outage = 0; outage < 2; outage++) {
      sender.answer = () => failed('refused');
      await store.forceFlush();
      sender.answer = () => DELIVERED;
      await store.forceFlush();
    }
    expect(said).toHaveLength(2);
  });

  test('of deltas keeps them for the next, with what was recorded since and the older start', async () => {
    const sender = new FakeSender();
    const { store, meter, lost } = pushing(sender, 'delta');
    const counter = meter.createCounter('n');
    const sizes = meter.createHistogram('h', { advice: { explicitBucketBoundaries: [1, 10] } });
    const gauge = meter.createGauge('g');
    let total = 0;
    meter.createObservableCounter('o').addCallback((result) => result.observe((total += 10)));
    counter.add(1);
    await store.forceFlush();
    sender.decoded();
    const last = BigInt(clock.now()) * 1_000_000n;

    clock.advance(1000);
    counter.add(2);
    sizes.record(0.5);
    sizes.record(100);
    gauge.record(7);
    sender.answer = () => failed('refused');
    await store.forceFlush();
    await store.forceFlush();
    clock.advance(1000);
    counter.add(3);
    sizes.record(5);
    sender.answer = () => DELIVERED;
    await store.forceFlush();
    const metrics = Object.fromEntries(sender.decoded().map(({ name, points }) => [name, points[0]!]));
    expect(metrics['n']).toMatchObject({ value: 5, startNanos: last, timeNanos: last + 2_000_000_000n });
    expect(metrics['h']).toMatchObject({ count: 3, sum: 105.5, min: 0.5, max: 100, bucketCounts: [1, 1, 1] });
    expect(metrics['g']).toMatchObject({ value: 7, startNanos: 0n }); // Prometheus would store a 0 there
    expect(metrics['o']).toMatchObject({ value: 30, startNanos: last });

    clock.advance(1000);
    counter.add(4);
    await store.forceFlush();
    const after = Object.fromEntries(sender.decoded().map(({ name, points }) => [name, points[0]!]));
    expect(after['n']).toMatchObject({ value: 4, startNanos: last + 2_000_000_000n });
    expect(Object.keys(after).sort()).toEqual(['n', 'o']);
    expect(lost).toEqual([]);
  });

  test('at the end loses the deltas, which are counted', async () => {
    const sender = new FakeSender();
    const { store, meter, lost } = pushing(sender, 'lowmemory');
    const counter = meter.createCounter('n');
    counter.add(1, { a: 1 });
    counter.add(1, { a: 2 });
    meter.createGauge('g').record(1);
    sender.answer = () => failed('refused');
    await store.forceFlush();
    counter.add(1, { a: 3 });
    await store.shutdown();
    expect(lost).toEqual([['metrics', 'export_failed', 3]]);
    expect(said.at(-1)).toContain('did not take the last deltas before the end; they are lost');
  });
});

describe('what an endpoint does not take', () => {
  test('is counted with the reason that it gives', async () => {
    const sender = new FakeSender();
    const { store, meter, lost } = pushing(sender);
    meter.createCounter('n').add(1);
    sender.answer = () => ({ outcome: 'delivered', rejected: 3, reason: 'too\nold' });
    await store.forceFlush();
    expect(lost).toEqual([['metrics', 'export_failed', 3]]);
    expect(said).toEqual([
      'agent-os-observability: http://collector:4318/v1/metrics rejected points of pushed metrics ("too\\nold"); they are lost.',
    ]);
  });

  test.each(['cumulative', 'delta'] as const)('in one message goes in several (%s)', async (temporality) => {
    const sender = new FakeSender();
    const { store, meter, lost } = pushing(sender, temporality);
    const counter = meter.createCounter('n');
    const other = meter.createCounter('o');
    for (let i = 0; i < 1000; i++) counter.add(i, { i });
    other.add(1);
    sender.answer = (message) => (message.length > 5000 ? TOO_LARGE : DELIVERED);
    await store.forceFlush();
    const metrics = sender.decoded();
    const values = metrics
      .filter(({ name }) => name === 'n')
      .flatMap(({ points }) => points.map(({ value, attributes }) => [attributes['i'], value]));
    expect(values).toEqual(Array.from({ length: 1000 }, (_, i) => [i, i]));
    expect(metrics.filter(({ name }) => name === 'o').flatMap(({ points }) => points)).toHaveLength(1);
    expect(lost).toEqual([]);
  });

  test('as a single point is lost and counted, and all other points arrive', async () => {
    const sender = new FakeSender();
    const { store, meter, lost } = pushing(sender);
    const counter = meter.createCounter('n');
    for (let i = 0; i < 9; i++) counter.add(i, { i: i === 4 ? 'big' : String(i) });
    sender.answer = (message) => (Buffer.from(message).includes('big') ? TOO_LARGE : DELIVERED);
    await store.forceFlush();
    const values = sender.decoded().flatMap(({ points }) => points.map(({ value }) => value));
    expect(values).toEqual([0, 1, 2, 3, 5, 6, 7, 8]);
    expect(lost).toEqual([['metrics', 'export_failed', 1]]);
  });

  test('at all is not tried point by point for ever', async () => {
    const sender = new FakeSender();
    const { store, meter } = pushing(sender);
    const counter = meter.createCounter('n');
    for (let i = 0; i < 1000; i++) counter.add(i, { i });
    sender.answer = () => TOO_LARGE;
    await store.forceFlush();
    expect(sender.messages.length).toBeLessThan(100);
  });
});
