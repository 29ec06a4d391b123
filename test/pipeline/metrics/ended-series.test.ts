import { diag, type Meter } from '@opentelemetry/api';
import { DropLog } from '../../../src/diagnostics/drop-log.js';
import type { NativeMetricStore } from '../../../src/pipeline/metrics/native-metric-store.js';
import { fakeClock } from '../../support/clock.js';
import { decodeMetricsRequest, type DecodedMetric } from '../../support/otlp-decode.js';
import { nativeStore } from '../../support/stores.js';
import { DELIVERED, failed, FakeSender, pushTo } from './push-support.js';

const said: string[] = [];
const no = (): void => {};
beforeEach(() => {
  said.length = 0;
  diag.setLogger({ error: no, warn: (line) => void said.push(line), info: no, debug: no, verbose: no });
});
afterEach(() => diag.disable());

const clock = fakeClock(1_700_000_000_000);

interface Pushed {
  readonly store: NativeMetricStore;
  readonly meter: Meter;
  readonly lost: [string, string, number][];
}

function pushing(
  sender: FakeSender,
  temporality: 'cumulative' | 'delta' | 'lowmemory' = 'cumulative',
): Pushed {
  const drops = new DropLog();
  const lost: [string, string, number][] = [];
  drops.countInto((signal, reason, count) => lost.push([signal, reason, count]));
  const store = nativeStore({ push: pushTo(sender, { temporality }), drops, now: clock.now });
  return { store, meter: store.meterProvider.getMeter('shop'), lost };
}

/** One series of each kind. */
function recordEachKind(meter: Meter): void {
  meter.createCounter('counter').add(3, { a: 'x' });
  meter.createUpDownCounter('upDown').add(2, { a: 'x' });
  meter.createGauge('gauge').record(7, { a: 'x' });
  meter
    .createHistogram('histogram', { advice: { explicitBucketBoundaries: [1, 2] } })
    .record(1.5, { a: 'x' });
  meter.createObservableCounter('seen').addCallback((result) => result.observe(4, { a: 'x' }));
  meter.createObservableUpDownCounter('there').addCallback((result) => result.observe(5, { a: 'x' }));
  meter.createObservableGauge('level').addCallback((result) => result.observe(6, { a: 'x' }));
}

const flagsOf = (metrics: readonly DecodedMetric[]) =>
  Object.fromEntries(metrics.map(({ name, points }) => [name, points.map(({ flags }) => flags)]));

describe('series that end with the process', () => {
  test('are told to have ended, once, after their last values', async () => {
    const sender = new FakeSender();
    const { store, meter } = pushing(sender);
    recordEachKind(meter);
    await Promise.all([store.shutdown(), store.shutdown()]);
    const [values, ends] = sender.taken.map((message) => decodeMetricsRequest(message));
    expect(sender.taken).toHaveLength(2);
    const each = (flag: number) => ({
      counter: [flag],
      upDown: [flag],
      gauge: [flag],
      histogram: [flag],
      seen: [flag],
      there: [flag],
      level: [flag],
    });
    expect([flagsOf(values!), flagsOf(ends!)]).toEqual([each(0), each(1)]);
    expect(sender.closed).toBe(1);
  });

  test('are those that were pushed: the same metric, attributes, resource, and the parts of a histogram', async () => {
    const sender = new FakeSender();
    const { store, meter } = pushing(sender);
    recordEachKind(meter);
    await store.shutdown();
    const [values, ends] = sender.taken.map((message) =>
      decodeMetricsRequest(message).map((metric) => ({
        ...metric,
        points: metric.points.map(({ timeNanos: _, flags: __, ...point }) => point),
      })),
    );
    expect(ends).toEqual(values);
  });

  test('end a millisecond after their last values at least, even if the clock stands still', async () => {
    const sender = new FakeSender();
    const { store, meter } = pushing(sender);
    meter.createGauge('level').record(1);
    await store.shutdown();
    const times = sender.decoded().flatMap(({ points }) => points.map(({ timeNanos }) => timeNanos));
    const last = BigInt(clock.now()) * 1_000_000n;
    expect(times).toEqual([last, last + 1_000_000n]);
  });

  test('include those that no callback reports any more', async () => {
    const sender = new FakeSender();
    const { store, meter } = pushing(sender);
    let open = true;
    meter.createObservableGauge('connections').addCallback((result) => {
      if (!open) throw new Error('the pool is closed');
      result.observe(3, { pool: 'a' });
    });
    await store.forceFlush();
    sender.taken.length = 0;
    open = false;
    meter.createGauge('level').record(1);
    await store.shutdown().catch(no);
    expect(
      sender.decoded().map(({ name, points }) => [name, points[0]!.attributes, points[0]!.flags]),
    ).toEqual([
      ['level', {}, 0],
      ['connections', { pool: 'a' }, 1],
      ['level', {}, 1],
    ]);
  });

  test('go on where there is only a flush, before the end of the process too', async () => {
    const sender = new FakeSender();
    const { store, meter } = pushing(sender);
    recordEachKind(meter);
    await store.forceFlush();
    await store.forceFlush(true);
    expect(sender.decoded().flatMap(({ points }) => points.map(({ flags }) => flags))).not.toContain(1);
    await store.shutdown();
  });

  test('are totals alone: nothing more is sent of deltas', async () => {
    const ends = async (temporality: 'delta' | 'lowmemory'): Promise<string[]> => {
      const sender = new FakeSender();
      const { store, meter } = pushing(sender, temporality);
      recordEachKind(meter);
      await store.shutdown();
      const metrics = sender.decoded();
      return metrics.filter(({ points }) => points.some(({ flags }) => flags === 1)).map(({ name }) => name);
    };
    expect(await ends('delta')).toEqual([]);
    expect(await ends('lowmemory')).toEqual(['upDown', 'gauge', 'seen', 'there', 'level']);
  });

  test('are not spoken of to an endpoint that did not take their last values', async () => {
    const sender = new FakeSender();
    const { store, meter } = pushing(sender);
    meter.createGauge('level').record(1);
    await store.forceFlush();
    sender.messages.length = 0;
    sender.answer = () => failed('503');
    await store.shutdown();
    expect(sender.messages).toHaveLength(1);
  });

  test.each([
    ['is not there any more', failed('ECONNREFUSED')],
    ['rejects the points', { outcome: 'delivered', rejected: 2, reason: 'no values' }],
    ['calls the message too large', { outcome: 'too_large' }],
  ] as const)('cost nothing and nothing is said where the endpoint %s', async (_, answer) => {
    const sender = new FakeSender();
    const { store, meter, lost } = pushing(sender);
    recordEachKind(meter);
    sender.answer = () => (sender.messages.length === 1 ? DELIVERED : answer);
    await store.shutdown();
    expect([sender.messages.length, sender.closed]).toEqual([2, 1]);
    expect([said, lost]).toEqual([[], []]);
  });

  test('hold up no shutdown that is given up', async () => {
    const sender = new FakeSender();
    const { store, meter } = pushing(sender);
    meter.createGauge('level').record(1);
    sender.answer = (_, { signal }) => {
      if (sender.messages.length === 1) return DELIVERED;
      store.abandon();
      return signal.aborted ? failed('given up') : new Promise(no);
    };
    await store.shutdown();
    expect([sender.messages.length, sender.closed, said]).toEqual([2, 1, []]);
  });

  test('are told to have ended in JSON as well', async () => {
    const sender = new FakeSender('http/json');
    const { store, meter } = pushing(sender);
    recordEachKind(meter);
    await store.shutdown();
    const flags = sender.taken.map(
      (message) => new TextDecoder().decode(message).match(/"flags":1\b/g)?.length ?? 0,
    );
    expect(flags).toEqual([0, 7]);
  });
});
