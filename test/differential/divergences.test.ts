import {
  createNoopMeter,
  ROOT_CONTEXT,
  trace,
  TraceFlags,
  ValueType,
  type Attributes,
  type ObservableCallback,
} from '@opentelemetry/api';
import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { AggregationType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { MAX_INSTRUMENTS } from '../../src/pipeline/metrics/meter-limits.js';
import { FakeSender, pushTo } from '../pipeline/metrics/push-support.js';
import { decodeMetricsRequest, type DecodedMetric } from '../support/otlp-decode.js';
import { nativeStore } from '../support/stores.js';
import { divergencesOnPage, emptyRows } from './support/divergences-page.js';
import { type Side, sideBySide } from './support/side-by-side.js';
import { cumulative, delta, TestReader } from './support/subjects.js';

/** Does the same to both. */
const each = (sides: { ours: Side; theirs: Side }, act: (side: Side) => void): void => {
  act(sides.ours);
  act(sides.theirs);
};
const seconds = (time: readonly [number, number]): number => time[0] - 1_700_000_000;

/** What differs from the official SDK, by its title in docs/divergences.md. */
const DIVERGENCES: Readonly<Record<string, () => Promise<void>>> = {
  'NaN and infinity': async () => {
    const sides = sideBySide();
    each(sides, ({ meter }) => {
      const counter = meter.createCounter('n');
      const histogram = meter.createHistogram('h', { advice: { explicitBucketBoundaries: [1] } });
      for (const value of [1, NaN, Infinity]) {
        counter.add(value);
        histogram.record(value);
      }
      meter.createUpDownCounter('u').add(-Infinity);
      meter.createGauge('g').record(NaN);
    });
    const buckets = (counts: number[]) => ({ boundaries: [1], counts });
    expect(await sides.ours.values()).toEqual([
      1,
      { buckets: buckets([1, 0]), count: 1, sum: 1, min: 1, max: 1 },
      NaN,
    ]);
    expect(await sides.theirs.values()).toEqual([
      NaN,
      { buckets: buckets([1, 1]), count: 2, sum: Infinity, min: 1, max: Infinity },
      -Infinity,
      NaN,
    ]);
  },

  'Several observations of one series': async () => {
    const sides = sideBySide();
    each(sides, ({ meter }) => {
      const callback: ObservableCallback = (result) => {
        result.observe(2);
        result.observe(3);
      };
      meter.createObservableCounter('n').addCallback(callback);
      meter.createObservableGauge('g').addCallback(callback);
    });
    expect(await sides.ours.values()).toEqual([5, 3]);
    expect(await sides.theirs.values()).toEqual([3, 3]);
  },

  'A series that is not observed any more': async () => {
    const sides = sideBySide();
    let queues = ['a', 'b'];
    each(sides, ({ meter }) =>
      meter
        .createObservableGauge('depth')
        .addCallback((result) => queues.forEach((queue) => result.observe(1, { queue }))),
    );
    await Promise.all([sides.ours.collect(), sides.theirs.collect()]);
    queues = ['b'];
    expect((await sides.ours.points()).map(({ attributes }) => attributes)).toEqual([{ queue: 'b' }]);
    expect(await sides.theirs.points()).toHaveLength(2);
  },

  'Two readers of an observable': async () => {
    const sides = sideBySide({ temporalities: [cumulative, cumulative] });
    let value = 5;
    each(sides, ({ meter }) =>
      meter.createObservableCounter('n').addCallback((result) => result.observe(value)),
    );
    const read = async (reader: number) => [
      await sides.ours.values(reader),
      await sides.theirs.values(reader),
    ];
    expect(await read(0)).toEqual([[5], [5]]);
    value = 1; // it began anew
    expect(await read(1)).toEqual([[1], [1]]);
    expect(await read(0)).toEqual([[1], [6]]);
  },

  'A callback that fails': async () => {
    const sides = sideBySide();
    each(sides, ({ meter }) => {
      const gauge = meter.createObservableGauge('depth');
      gauge.addCallback((result) => result.observe(1, { queue: 'a' }));
      gauge.addCallback(() => Promise.reject(new Error('no')));
    });
    const [ours, theirs] = [await sides.ours.collect(), await sides.theirs.collect()];
    expect([ours.errors, theirs.errors]).toEqual([[new Error('no')], [new Error('no')]]);
    expect(ours.resourceMetrics.scopeMetrics).toEqual([]);
    expect(theirs.resourceMetrics.scopeMetrics).toHaveLength(1);
  },

  'Bounds of cardinality': async () => {
    const sides = sideBySide({
      caps: { id: 2, series: 4 },
      reader: (temporality) => new LimitedReader(temporality),
    });
    const counters = [sides.ours, sides.theirs].map(({ meter }) => meter.createCounter('n'));
    const add = (attributes: Attributes): void => counters.forEach((counter) => counter.add(1, attributes));
    for (const user of ['a', 'b']) add({ user });
    await Promise.all([sides.ours.collect(), sides.theirs.collect()]);
    for (const user of ['c', 'd']) add({ user });
    for (const name of ['x', 'y']) add({ [name]: 1 });
    const counts = async (side: Side) =>
      (await side.points()).map(({ attributes, value }) => [attributes, value]);
    expect(await counts(sides.ours)).toEqual([
      [{ user: 'a' }, 1],
      [{ user: 'b' }, 1],
      [{ user: '__overflow__' }, 2],
      [{ x: 1 }, 1],
      [{ 'otel.metric.overflow': true }, 1],
    ]);
    expect(await counts(sides.theirs)).toEqual([
      [{ user: 'a' }, 1],
      [{ user: 'b' }, 1],
      [{ user: 'c' }, 1],
      [{ user: 'd' }, 1],
      [{ 'otel.metric.overflow': true }, 2],
    ]);
  },

  'Start of deltas': async () => {
    const { clock, ...sides } = sideBySide({ temporalities: [delta] });
    const starts = async ({ ours, theirs }: typeof sides) => [
      (await ours.points()).map(({ startTime }) => seconds(startTime)),
      (await theirs.points()).map(({ startTime }) => seconds(startTime)),
    ];
    const counters = [sides.ours, sides.theirs].map(({ meter }) => meter.createCounter('n'));
    const add = (attributes: Attributes): void => counters.forEach((counter) => counter.add(1, attributes));
    clock.advance(1000);
    add({ a: 1 });
    clock.advance(1000);
    expect(await starts(sides)).toEqual([[1], [1]]);
    clock.advance(1000);
    add({ a: 1 });
    add({ a: 2 });
    expect(await starts(sides)).toEqual([
      [2, 2],
      [2, 3],
    ]);
  },

  'Start of pushed gauges': async () => {
    const reader = new TestReader(cumulative);
    const theirs = new MeterProvider({ readers: [reader] });
    const sender = new FakeSender();
    const store = nativeStore({ push: pushTo(sender) });
    for (const provider of [theirs, store.meterProvider])
      provider.getMeter('shop').createGauge('g').record(1);
    const startsOf = (metrics: readonly DecodedMetric[]) =>
      metrics.flatMap(({ points }) => points.map(({ startNanos }) => startNanos > 0n));
    await store.forceFlush();
    expect(startsOf(sender.decoded())).toEqual([false]);
    await store.shutdown();
    const { resourceMetrics } = await reader.collect();
    const official = ProtobufMetricsSerializer.serializeRequest(resourceMetrics)!;
    expect(startsOf(decodeMetricsRequest(official))).toEqual([true]);
    await theirs.shutdown();
  },

  'End of a collection': async () => {
    const { clock, ...sides } = sideBySide();
    each(sides, ({ meter }) =>
      meter.createObservableGauge('depth').addCallback((result) => {
        clock.advance(1000);
        result.observe(1);
      }),
    );
    const took = async (side: Side): Promise<number> => {
      const asked = clock.now();
      const [point] = await side.points();
      return seconds(point!.endTime) - seconds([asked / 1000, 0]);
    };
    expect([await took(sides.ours), await took(sides.theirs)]).toEqual([1, 0]);
  },

  'Attributes that are undefined': async () => {
    const sides = sideBySide();
    each(sides, ({ meter }) => {
      const counter = meter.createCounter('n');
      counter.add(1, {});
      counter.add(1, { a: undefined });
    });
    expect(await sides.ours.values()).toEqual([2]);
    expect(await sides.theirs.values()).toEqual([1, 1]);
  },

  'Attributes that are no finite numbers': async () => {
    const sides = sideBySide();
    each(sides, ({ meter }) => {
      const counter = meter.createCounter('n');
      counter.add(1, { a: NaN });
      counter.add(1, { a: Infinity });
    });
    expect(await sides.ours.values()).toEqual([1, 1]);
    expect(await sides.theirs.values()).toEqual([2]);
  },

  'Attributes changed after the call': async () => {
    const sides = sideBySide();
    const given = { user: 'a' };
    each(sides, ({ meter }) => meter.createCounter('n').add(1, given));
    given.user = 'b';
    expect((await sides.ours.points()).map(({ attributes }) => attributes)).toEqual([{ user: 'a' }]);
    expect((await sides.theirs.points()).map(({ attributes }) => attributes)).toEqual([{ user: 'b' }]);
  },

  'Limits of attributes': async () => {
    const sides = sideBySide();
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, i]));
    each(sides, ({ meter }) => {
      const counter = meter.createCounter('n');
      counter.add(1, many);
      counter.add(1, { long: 'x'.repeat(200), '': 'no name', odd: '\uD800' });
    });
    const shown = async (side: Side) => (await side.points()).map(({ attributes }) => attributes);
    const [many32, cut] = await shown(sides.ours);
    expect(Object.keys(many32!)).toHaveLength(32);
    expect(cut).toEqual({ long: 'x'.repeat(128), odd: '\uFFFD' });
    expect(await shown(sides.theirs)).toEqual([
      many,
      { long: 'x'.repeat(200), '': 'no name', odd: '\uD800' },
    ]);
  },

  'Names in other cases': async () => {
    const sides = sideBySide();
    each(sides, ({ meter }) => {
      meter.createCounter('requestCount').add(1);
      meter.createCounter('RequestCount').add(1);
    });
    const names = async (side: Side) => (await side.metrics()).map(({ descriptor }) => descriptor.name);
    expect(await names(sides.ours)).toEqual(['requestCount']);
    expect(await names(sides.theirs)).toEqual(['requestCount', 'RequestCount']);
  },

  'One name and kind created in two ways': async () => {
    const sides = sideBySide();
    each(sides, ({ meter }) => {
      meter.createCounter('n', { unit: 's', description: 'A.', valueType: ValueType.INT }).add(1);
      meter.createCounter('n', { unit: 's', description: 'Longer.', valueType: ValueType.INT }).add(1);
      meter.createCounter('n', { unit: 'ms' }).add(1);
    });
    const made = async (side: Side) =>
      (await side.metrics()).map(({ descriptor: { unit, description }, dataPoints }) => [
        unit,
        description,
        dataPoints[0]!.value,
      ]);
    expect(await made(sides.ours)).toEqual([['s', 'A.', 3]]);
    expect(await made(sides.theirs)).toEqual([
      ['s', 'Longer.', 2],
      ['ms', '', 1],
    ]);
  },

  Exemplars: async () => {
    const sides = sideBySide();
    const span = {
      traceId: '0'.repeat(31) + '1',
      spanId: '0'.repeat(15) + '2',
      traceFlags: TraceFlags.SAMPLED,
    };
    const inSpan = trace.setSpanContext(ROOT_CONTEXT, span);
    each(sides, ({ meter }) => meter.createCounter('n').add(3, {}, inSpan));
    expect(await sides.ours.points()).toMatchObject([
      { exemplars: [{ value: 3, traceId: span.traceId, spanId: span.spanId }] },
    ]);
    expect((await sides.theirs.points())[0]).not.toHaveProperty('exemplars');
  },

  'Aggregations that a reader or a view asks for': async () => {
    const sides = sideBySide({ reader: () => new ExponentialReader() });
    each(sides, ({ meter }) => meter.createHistogram('h').record(2));
    const types = async (side: Side) => (await side.metrics()).map(({ dataPointType }) => dataPointType);
    expect(await types(sides.ours)).toEqual([0]);
    expect(await types(sides.theirs)).toEqual([1]);
  },

  'A meter by the name of ours': async () => {
    const sides = sideBySide();
    each(sides, ({ provider }) => provider.getMeter('agent-os-observability').createCounter('n').add(1));
    const scope = async (side: Side) => {
      const { resourceMetrics } = await side.collect();
      return resourceMetrics.scopeMetrics.map(({ scope: { name } }) => name);
    };
    expect(await scope(sides.ours)).toEqual(['agent-os-observability.host']);
    expect(await scope(sides.theirs)).toEqual(['agent-os-observability']);
  },

  'Limits of instruments': async () => {
    const meter = nativeStore().meterProvider.getMeter('host');
    const official = new MeterProvider().getMeter('host');
    const made = (of: Pick<typeof meter, 'createCounter'>): unknown[] =>
      Array.from({ length: MAX_INSTRUMENTS + 1 }, (_, i) => of.createCounter(`n${i}`));
    expect(made(meter).at(-1)).toBe(createNoopMeter().createCounter(''));
    expect(made(official).at(-1)).not.toBe(createNoopMeter().createCounter(''));
  },
};

class LimitedReader extends MetricReader {
  constructor(temporality: typeof cumulative) {
    super({ aggregationTemporalitySelector: temporality, cardinalitySelector: () => 3 });
  }
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

class ExponentialReader extends MetricReader {
  constructor() {
    super({ aggregationSelector: () => ({ type: AggregationType.EXPONENTIAL_HISTOGRAM }) });
  }
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

describe('a divergence from the official SDK is as documented', () => {
  test.each(Object.entries(DIVERGENCES))('%s', async (_, shows) => shows());

  test('and every one is on the page of divergences, with its section of the specification', () => {
    const rows = divergencesOnPage('Metrics');
    expect(rows.map(({ what }) => what)).toEqual(Object.keys(DIVERGENCES));
    expect(emptyRows(rows)).toEqual([]);
    for (const { section } of rows)
      expect(section).toMatch(/^https:\/\/opentelemetry\.io\/docs\/specs\/otel\/.+#.+/);
  });
});
