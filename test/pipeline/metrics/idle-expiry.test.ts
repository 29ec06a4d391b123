import { AggregationTemporality, MetricReader } from '@opentelemetry/sdk-metrics';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  DEFAULT_CARDINALITY_LIMITS,
  type CardinalityLimits,
} from '../../../src/cardinality/cardinality-limits.js';
import { DropLog } from '../../../src/diagnostics/drop-log.js';
import { Instruments } from '../../../src/instruments/instruments.js';
import { KernelMetrics } from '../../../src/instruments/kernel-metrics.js';
import type { MetricPushSettings } from '../../../src/pipeline/metrics/metric-push.js';
import { NativeMetricStore } from '../../../src/pipeline/metrics/native-metric-store.js';
import { parseExposition } from '../../../src/testing/parse-exposition.js';
import { sampleValue, seriesOf } from '../../../src/testing/samples.js';
import { FakeSender, pushTo } from './push-support.js';

const IDLE = 60_000;

class DeltaReader extends MetricReader {
  constructor() {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA });
  }
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

describe('an idle series', () => {
  let nowMillis: number;
  let store: NativeMetricStore;
  const open = (
    caps: Partial<CardinalityLimits> = {},
    readers: MetricReader[] = [],
    push?: MetricPushSettings,
  ) => {
    nowMillis = 1_000_000;
    store = new NativeMetricStore({
      resource: () => resourceFromAttributes({}),
      caps: { ...DEFAULT_CARDINALITY_LIMITS, ...caps },
      drops: new DropLog(),
      collectionTimeoutMillis: 1000,
      readers,
      push,
      createdSamples: false,
      idleExpiryMillis: IDLE,
      now: () => nowMillis,
    });
    return store.meterProvider.getMeter('host');
  };
  const scrape = async () => parseExposition(await store.export());
  /** Lets time pass, in steps of a scrape. */
  const pass = async (millis: number): Promise<void> => {
    for (let gone = 0; gone < millis; gone += IDLE / 4) {
      nowMillis += IDLE / 4;
      await scrape();
    }
  };
  afterEach(() => store.shutdown());

  it('expires, and one that is recorded stays', async () => {
    const counter = open().createCounter('my_total');
    counter.add(1, { user: 'gone' });
    counter.add(1, { user: 'here' });
    await scrape();
    for (let i = 0; i < 8; i++) {
      await pass(IDLE / 4);
      counter.add(1, { user: 'here' });
    }
    expect(seriesOf(await scrape(), 'my_total').map(({ labels }) => labels)).toEqual([{ user: 'here' }]);
    expect([...store.seriesCounts()]).toEqual([{ metric: 'my_total', series: 1, limit: 10_000 }]);
  });

  it('is shown until it has been idle for the whole time', async () => {
    open().createCounter('my_total').add(1);
    await pass(IDLE);
    expect(sampleValue(await scrape(), 'my_total')).toBe(1);
    await pass(IDLE / 4);
    expect(seriesOf(await scrape(), 'my_total')).toEqual([]);
  });

  it('begins again at 0 when it comes back', async () => {
    const counter = open().createCounter('my_total');
    counter.add(5, { user: 'a' });
    await pass(2 * IDLE);
    counter.add(2, { user: 'a' });
    expect(sampleValue(await scrape(), 'my_total', { user: 'a' })).toBe(2);
  });

  it('is pushed no more, and a series that has its place then is pushed as itself', async () => {
    const sender = new FakeSender();
    const counter = open({}, [], pushTo(sender)).createCounter('my_total');
    counter.add(1, { user: 'gone' });
    await store.forceFlush();
    await pass(2 * IDLE);
    counter.add(2, { user: 'new' });
    await store.forceFlush();
    const points = sender.decoded().map(({ points }) => points);
    const own = points.map((all) => all.map(({ attributes, value }) => [attributes['user'], value]));
    expect(own).toEqual([[['gone', 1]], [['new', 2]]]);
  });

  it('frees its place under the limits, so that new ids always fit', async () => {
    const meter = open({ id: 3, series: 3 });
    const counter = meter.createCounter('my_total');
    const histogram = meter.createHistogram('size');
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 3; i++) {
        counter.add(1, { user: `u-${round}-${i}` });
        histogram.record(1, { kind: [`k-${round}-${i}`] });
      }
      const families = await scrape();
      const users = seriesOf(families, 'my_total').map(({ labels }) => labels['user']);
      expect(users.sort()).toEqual([0, 1, 2].map((i) => `u-${round}-${i}`));
      expect(seriesOf(families, 'size_count')).toHaveLength(3);
      await pass(2 * IDLE);
    }
  });

  it('of the registry expires too, unless it exists from the start', async () => {
    open();
    const make = Instruments.of({ meterProvider: store.meterProvider, cardinalityLimits: { id: 2 } });
    const blocked = make.counter('agent_os_violations_blocked_total');
    make.counter('agent_os_telemetry_dropped_total');
    for (let round = 0; round < 5; round++) {
      blocked.add(1, { agent_id: `a${round}`, action: 'read' });
      blocked.add(1, { agent_id: `b${round}`, action: 'read' });
      const shown = seriesOf(await scrape(), 'agent_os_violations_blocked_total');
      expect(shown.map(({ labels }) => labels['agent_id']).sort()).toEqual([`a${round}`, `b${round}`]);
      await pass(2 * IDLE);
    }
    expect(seriesOf(await scrape(), 'agent_os_telemetry_dropped_total').length).toBeGreaterThan(0);
  });

  it('stays until a reader of deltas has collected it', async () => {
    const reader = new DeltaReader();
    const counter = open({}, [reader]).createCounter('my_total');
    counter.add(7, { user: 'a' });
    await pass(3 * IDLE);
    counter.add(1, { user: 'b' });
    const { resourceMetrics } = await reader.collect();
    const points = resourceMetrics.scopeMetrics[0]!.metrics[0]!.dataPoints;
    expect(points.map(({ attributes, value }) => [attributes, value])).toEqual([
      [{ user: 'a' }, 7],
      [{ user: 'b' }, 1],
    ]);
    await pass(IDLE / 4);
    expect(seriesOf(await scrape(), 'my_total').map(({ labels }) => labels)).toEqual([{ user: 'b' }]);
  });

  it('is not recorded into by an instrument that had found its row before it expired', async () => {
    open();
    const make = Instruments.of({ meterProvider: store.meterProvider, cardinalityLimits: { open: 1 } });
    const kernel = new KernelMetrics(make);
    const shown = async (): Promise<unknown> =>
      seriesOf(await scrape(), 'agent_os_policy_decisions_total').map(({ labels, value }) => [
        labels['policy'],
        value,
      ]);
    for (let i = 0; i < 3; i++) kernel.countCheck('files', 'allow', 'allowed', 0.001);
    await pass(2 * IDLE);
    kernel.countCheck('mail', 'allow', 'allowed', 0.001); // takes its room
    expect(await shown()).toEqual([['mail', 1]]);
    kernel.countCheck('files', 'allow', 'allowed', 0.001);
    expect(await shown()).toEqual([
      ['mail', 1],
      ['__overflow__', 1],
    ]);
  });
});
