import fc from 'fast-check';
import type { Meter } from '@opentelemetry/api';
import { createTestObservability, type TestObservability } from '../../../src/testing/index.js';
import { parseExposition } from '../../../src/testing/parse-exposition.js';
import { sampleValue, seriesOf } from '../../../src/testing/samples.js';
import { PIPELINES } from '../../support/stores.js';
import { rounds } from '../../support/rounds.js';

/** What a host does with meters of its own must neither throw, nor grow without bound, nor poison a scrape. */
describe.each(PIPELINES)("a host's own meter in the %s store", (pipeline) => {
  let obs: TestObservability;
  let meter: Meter;
  const open = (options?: Parameters<typeof createTestObservability>[0]): void => {
    obs = createTestObservability({ pipeline, ...options });
    meter = obs.meterProvider.getMeter('host', '1.0.0');
  };
  const exposed = async () => parseExposition(await obs.export());
  const dropped = async (reason: string): Promise<number> =>
    sampleValue(await exposed(), 'agent_os_telemetry_dropped_total', { signal: 'metrics', reason }) ?? 0;

  beforeEach(() => open());
  afterEach(() => obs.shutdown());

  it('records into a series that the page shows', async () => {
    meter.createCounter('my_total', { description: 'Mine.' }).add(1);
    expect(sampleValue(await exposed(), 'my_total')).toBe(1);
  });

  it.each([
    ['a bigint', { x: 10n }],
    [
      'a cyclic object',
      (() => {
        const cyclic: Record<string, unknown> = {};
        cyclic['x'] = cyclic;
        return cyclic;
      })(),
    ],
    ['null', null],
    ['a string', 'labels'],
    ['a symbol value', { x: Symbol('s') }],
    [
      'a getter that throws',
      Object.defineProperty({}, 'x', {
        enumerable: true,
        get: () => {
          throw new Error('no');
        },
      }),
    ],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
    ],
    ['a mixed array', { x: [1, 'a'] }],
    ['a nested object', { x: { y: 1 } }],
  ])('does not throw for attributes that are %s, and keeps the total', async (_, attributes) => {
    const counter = meter.createCounter('my_total');
    expect(() => counter.add(2, attributes as never)).not.toThrow();
    const total = seriesOf(await exposed(), 'my_total').reduce((sum, { value }) => sum + value, 0);
    expect(total).toBe(2);
  });

  it.each([NaN, Infinity, -1, '1', undefined, {}, 1n])(
    'drops and counts the counter value %p',
    async (value) => {
      meter.createCounter('my_total').add(value as never);
      expect(seriesOf(await exposed(), 'my_total')).toEqual([]);
      expect(await dropped('invalid_value')).toBe(1);
    },
  );

  it('keeps the series it was given when the caller changes the object later', async () => {
    const attributes = { a: 'one' };
    meter.createCounter('my_total').add(1, attributes);
    attributes.a = 'two';
    expect(seriesOf(await exposed(), 'my_total').map(({ labels }) => labels)).toEqual([{ a: 'one' }]);
  });

  it('keeps its limit of values over many collections, with the right total in one overflow series', async () => {
    await obs.shutdown();
    open({ cardinalityLimits: { id: 100 } });
    const counter = meter.createCounter('my_total');
    for (let scrape = 0; scrape < 6; scrape++) {
      for (let i = 0; i < 150; i++) counter.add(1, { user: `u-${scrape}-${i}` });
      await obs.export();
    }
    const series = seriesOf(await exposed(), 'my_total');
    expect(series.length).toBe(101);
    expect(series.filter(({ labels }) => labels['user'] === '__overflow__').length).toBe(1);
    expect(series.reduce((sum, { value }) => sum + value, 0)).toBe(900);
    expect(await dropped('cardinality')).toBe(800);
  });

  it('limits combinations of attributes too, by the overflow series of the specification', async () => {
    await obs.shutdown();
    open({ cardinalityLimits: { series: 10 } });
    const counter = meter.createCounter('my_total');
    for (let i = 0; i < 64; i++) counter.add(1, { a: i % 8, b: Math.floor(i / 8) });
    const series = seriesOf(await exposed(), 'my_total');
    expect(series.length).toBe(11);
    expect(series.find(({ labels }) => labels['otel_metric_overflow'] === 'true')?.value).toBe(54);
  });

  it('keeps the whole total of an observable counter past its limit', async () => {
    await obs.shutdown();
    open({ cardinalityLimits: { id: 5 } });
    meter.createObservableCounter('seen_total').addCallback((result) => {
      for (let i = 0; i < 50; i++) result.observe(1, { user: `u${i}` });
    });
    const series = seriesOf(await exposed(), 'seen_total');
    expect(series.length).toBe(6);
    expect(series.reduce((sum, { value }) => sum + value, 0)).toBe(50);
  });

  it('shows no series of an observable that its callbacks no longer report', async () => {
    let topics = ['a', 'b'];
    meter.createObservableGauge('depth').addCallback((result) => {
      for (const topic of topics) result.observe(1, { topic });
    });
    const shown = async () => seriesOf(await exposed(), 'depth').map(({ labels }) => labels['topic']);
    expect(await shown()).toEqual(['a', 'b']);
    topics = ['b'];
    expect(await shown()).toEqual(['b']);
    topics = [];
    expect(await shown()).toEqual([]);
  });

  it('stops asking a callback that was removed, and shows none of its series', async () => {
    const gauge = meter.createObservableGauge('depth');
    const callback = jest.fn((result: { observe(value: number): void }) => result.observe(1));
    gauge.addCallback(callback);
    await obs.export();
    gauge.removeCallback(callback);
    expect(seriesOf(await exposed(), 'depth')).toEqual([]);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it('serves batch callbacks over several observables', async () => {
    const depth = meter.createObservableGauge('depth');
    const seen = meter.createObservableCounter('seen_total');
    const batch = (result: { observe(metric: object, value: number, attributes?: object): void }): void => {
      result.observe(depth, 3, { topic: 'a' });
      result.observe(seen, 7);
      result.observe({}, 1);
    };
    meter.addBatchObservableCallback(batch, [depth, seen]);
    meter.addBatchObservableCallback(batch, [depth, seen]);
    const families = await exposed();
    expect(sampleValue(families, 'depth', { topic: 'a' })).toBe(3);
    expect(sampleValue(families, 'seen_total')).toBe(7);
    meter.removeBatchObservableCallback(batch, [depth, seen]);
    expect(seriesOf(await exposed(), 'depth')).toEqual([]);
  });

  it('records every kind of instrument', async () => {
    meter.createUpDownCounter('level').add(-3);
    meter.createHistogram('size', { advice: { explicitBucketBoundaries: [1, 2] } }).record(1.5);
    meter.createGauge('temperature').record(-4);
    meter.createObservableUpDownCounter('balance').addCallback((result) => result.observe(-9));
    const families = await exposed();
    expect(sampleValue(families, 'level')).toBe(-3);
    expect(sampleValue(families, 'size_bucket', { le: '2' })).toBe(1);
    expect(sampleValue(families, 'temperature')).toBe(-4);
    expect(sampleValue(families, 'balance')).toBe(-9);
  });

  it('gives instruments of one name the same series under one limit', async () => {
    meter.createCounter('my_total').add(1);
    obs.meterProvider.getMeter('host', '1.0.0').createCounter('MY_total').add(1);
    expect(sampleValue(await exposed(), 'my_total')).toBe(2);
  });

  it('shows how many series an instrument holds and may hold', async () => {
    meter.createCounter('my_total').add(1, { a: 1 });
    const families = await exposed();
    expect(sampleValue(families, 'agent_os_telemetry_series', { metric: 'my_total' })).toBe(1);
    expect(sampleValue(families, 'agent_os_telemetry_series_limit', { metric: 'my_total' })).toBe(10_000);
  });

  describe('with attributes that Prometheus would reject', () => {
    it('makes label names valid and joins those that become equal', async () => {
      meter.createCounter('my_total').add(1, { '9k': 'x', 'a.b': 1, a_b: 2, é: 'y', '': 'z' });
      expect(seriesOf(await exposed(), 'my_total').map(({ labels }) => labels)).toEqual([
        { _9k: 'x', a_b: '1;2', U___e9_: 'y' },
      ]);
    });

    it('renames le on a histogram', async () => {
      meter.createHistogram('size', { advice: { explicitBucketBoundaries: [1] } }).record(1, { le: 'mine' });
      const buckets = seriesOf(await exposed(), 'size_bucket');
      expect(buckets.map(({ labels }) => labels)).toEqual([
        { exported_le: 'mine', le: '1' },
        { exported_le: 'mine', le: '+Inf' },
      ]);
    });

    it('adds up series of one name that become equal', async () => {
      const counter = meter.createCounter('my_total');
      counter.add(1, { 'a.b': 'x' });
      counter.add(2, { a_b: 'x' });
      counter.add(4, { 'a-b': 'x' });
      expect(seriesOf(await exposed(), 'my_total')).toMatchObject([{ labels: { a_b: 'x' }, value: 7 }]);
    });

    it('tells families apart that would have one name, and leaves out one of another type', async () => {
      meter.createCounter('my.events').add(1);
      obs.meterProvider.getMeter('other').createCounter('my.events').add(2);
      meter.createCounter('my_events_total').add(4);
      meter.createGauge('my.events_total').record(9);
      expect(sampleValue(await exposed(), 'my_events_total')).toBe(3);
      expect(sampleValue(await exposed(), 'U__my__events__total')).toBe(4);
      expect(await dropped('name_conflict')).toBeGreaterThan(0);
    });

    it('leaves out a metric that has the name of a part of a histogram', async () => {
      meter.createGauge('size_count').record(5);
      meter.createHistogram('size').record(1);
      expect(sampleValue(await exposed(), 'size_count')).toBe(1);
    });

    it('never lets a metric of the host take the place of one of the registry', async () => {
      meter.createGauge('agent_os_requests_total').record(77);
      meter.createGauge('agent_os_kernel_latency_seconds_count').record(77);
      obs.kernel.recordRequest({ action: 'x', status: 'success' });
      obs.kernel.recordKernelLatency({ durationSeconds: 1 });
      const families = await exposed();
      expect(sampleValue(families, 'agent_os_requests_total', { action: 'x' })).toBe(1);
      expect(sampleValue(families, 'agent_os_kernel_latency_seconds_count')).toBe(1);
      expect(await dropped('name_conflict')).toBeGreaterThan(0);
    });

    it('keeps nothing of attribute names that change with every call', async () => {
      await obs.shutdown();
      open({ cardinalityLimits: { series: 10 } });
      const counter = meter.createCounter('my_total');
      for (let i = 0; i < 100; i++) counter.add(1, { [`k${i}`]: 'v' });
      const series = seriesOf(await exposed(), 'my_total');
      expect(series).toHaveLength(11);
      expect(series.reduce((sum, { value }) => sum + value, 0)).toBe(100);
    });

    it('merges histograms that become one series', async () => {
      const advice = { explicitBucketBoundaries: [1, 10] };
      meter.createHistogram('size', { advice }).record(0.5);
      obs.meterProvider
        .getMeter('other')
        .createHistogram('size', { advice: { explicitBucketBoundaries: [5] } })
        .record(3);
      const families = await exposed();
      expect(sampleValue(families, 'size_count')).toBe(2);
      expect(sampleValue(families, 'size_sum')).toBe(3.5);
      expect(sampleValue(families, 'size_bucket', { le: '1' })).toBe(1);
      expect(sampleValue(families, 'size_bucket', { le: '10' })).toBe(2);
    });
  });

  it('gives an exposition that parses back to the same totals, whatever names, attributes and values', async () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.\-/]{0,20}$/);
    const attribute = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.integer(),
      fc.boolean(),
      fc.double(),
    );
    const measurement = fc.record({
      name,
      attributes: fc.dictionary(fc.string({ unit: 'binary', maxLength: 6 }), attribute, { maxKeys: 4 }),
      value: fc.integer({ min: 0, max: 1000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(measurement, { maxLength: 30 }), async (measurements) => {
        const local = createTestObservability({ pipeline });
        const host = local.meterProvider.getMeter('host');
        for (const { name, attributes, value } of measurements)
          host.createCounter(name).add(value, attributes);
        const families = parseExposition(await local.export());
        const total = families
          .filter(({ name, type }) => type === 'counter' && !name.startsWith('agent_os_'))
          .flatMap(({ samples }) => samples)
          .reduce((sum, { value }) => sum + value, 0);
        await local.shutdown();
        expect(total).toBe(measurements.reduce((sum, { value }) => sum + value, 0));
      }),
      { numRuns: rounds(150) },
    );
  });
});
