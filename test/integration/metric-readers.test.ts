import { ValueType } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import {
  AggregationTemporality,
  ConsoleMetricExporter,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { initObservability, type Observability } from '../../src/index.js';
import { VERSION } from '../../src/semconv/resource.js';
import { startOtlpReceiver, type DecodedMetric, type OtlpReceiver } from '../support/otlp-receiver.js';

/** Each exporter that the specification knows, on a stock reader of the host's choice. */
describe("a host's own metric readers", () => {
  const started: Observability[] = [];
  const shutDown = () => Promise.all(started.splice(0).map((obs) => obs.shutdown()));
  afterEach(shutDown);

  const LONG = 3_600_000; // what is pushed is pushed by a flush
  const reader = (exporter: PushMetricExporter) =>
    new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: LONG });
  const open = (exporters: readonly PushMetricExporter[]): Observability => {
    const obs = initObservability({
      serviceName: 'kernel',
      serviceVersion: '3.1.4',
      environment: 'test',
      resource: { 'host.arch': 'arm64' },
      prometheus: false,
      otlp: false,
      registerGlobally: false,
      signalHandlers: false,
      diagnostics: 'none',
      metrics: { readers: exporters.map(reader) },
    });
    started.push(obs);
    return obs;
  };
  const hostMeter = (obs: Observability) =>
    obs.meterProvider.getMeter('shop', '2.0.0', { schemaUrl: 'https://example.test/1' });

  /** Records one value of every kind; each call the same. */
  const workload = (obs: Observability) => {
    const meter = hostMeter(obs);
    const counter = meter.createCounter('orders', {
      unit: '{order}',
      description: 'Orders.',
      valueType: ValueType.INT,
    });
    const level = meter.createUpDownCounter('level');
    const sizes = meter.createHistogram('size', { advice: { explicitBucketBoundaries: [1, 10] } });
    const heat = meter.createGauge('heat');
    let seen = 0;
    meter.createObservableCounter('seen').addCallback((result) => result.observe(seen, { queue: 'a' }));
    meter.createObservableGauge('depth').addCallback((result) => result.observe(7, { queue: 'a' }));
    return (): void => {
      counter.add(2, { kind: 'a', express: true });
      level.add(-3);
      for (const value of [0.5, 5, 50]) sizes.record(value);
      heat.record(21.5, { room: 1 });
      seen += 4;
      obs.kernel.recordRequest({ action: 'read', status: 'success' });
    };
  };

  /** What two rounds of it are to a reader, by round: [the first, the second]. */
  const EXPECTED = {
    [AggregationTemporality.CUMULATIVE]: { orders: [2, 4], level: [-3, -6], size: [3, 6], seen: [4, 8] },
    [AggregationTemporality.DELTA]: { orders: [2, 2], level: [-3, -3], size: [3, 3], seen: [4, 4] },
  };
  const TEMPORALITIES = [
    ['cumulative', AggregationTemporality.CUMULATIVE],
    ['delta', AggregationTemporality.DELTA],
  ] as const;

  it.each(TEMPORALITIES)('export to memory what was recorded, %s', async (_, temporality) => {
    const exporter = new InMemoryMetricExporter(temporality);
    const obs = open([exporter]);
    const round = workload(obs);
    round();
    await obs.forceFlush();
    round();
    await obs.forceFlush();
    const rounds = exporter.getMetrics();
    expect(rounds).toHaveLength(2);
    const expected = EXPECTED[temporality];
    rounds.forEach((metrics, i) => {
      const shop = metrics.scopeMetrics.find(({ scope }) => scope.name === 'shop')!;
      expect(shop.scope).toEqual({ name: 'shop', version: '2.0.0', schemaUrl: 'https://example.test/1' });
      const point = (name: string) => {
        const metric = shop.metrics.find(({ descriptor }) => descriptor.name === name)!;
        expect(metric.aggregationTemporality).toBe(temporality);
        expect(metric.dataPoints).toHaveLength(1);
        return metric.dataPoints[0]!;
      };
      expect(point('orders')).toMatchObject({
        value: expected.orders[i],
        attributes: { kind: 'a', express: true },
      });
      expect(point('level').value).toBe(expected.level[i]);
      const times = expected.size[i]! / 3;
      expect(point('size').value).toEqual({
        count: 3 * times,
        sum: 55.5 * times,
        min: 0.5,
        max: 50,
        buckets: { boundaries: [1, 10], counts: [times, times, times] },
      });
      expect(point('heat')).toMatchObject({ value: 21.5, attributes: { room: 1 } });
      expect(point('seen')).toMatchObject({ value: expected.seen[i], attributes: { queue: 'a' } });
      expect(point('depth').value).toBe(7);
      expect(metrics.resource.attributes).toMatchObject({
        'service.name': 'kernel',
        'service.version': '3.1.4',
        'deployment.environment.name': 'test',
        'host.arch': 'arm64',
      });
      expect(registryRequests(metrics)).toBe(temporality === AggregationTemporality.DELTA ? 1 : i + 1);
    });
  });

  function registryRequests({ scopeMetrics }: ResourceMetrics): unknown {
    const own = scopeMetrics.find(({ scope }) => scope.name === 'agent-os-observability')!;
    expect(own.scope.version).toBe(VERSION);
    const metric = own.metrics.find(({ descriptor }) => descriptor.name === 'agent_os_requests_total');
    const points = metric!.dataPoints as { value: number; attributes: Record<string, unknown> }[];
    return points.find(({ attributes }) => attributes['action'] === 'read')!.value;
  }

  it('are each given all of it, whatever the others ask for', async () => {
    const exporters = TEMPORALITIES.map(([, temporality]) => new InMemoryMetricExporter(temporality));
    const obs = open(exporters);
    const round = workload(obs);
    round();
    await obs.forceFlush();
    round();
    await obs.forceFlush();
    const orders = (exporter: InMemoryMetricExporter) =>
      exporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
        .filter(({ descriptor }) => descriptor.name === 'orders')
        .map(({ dataPoints }) => dataPoints[0]!.value);
    expect(exporters.map(orders)).toEqual([
      [2, 4],
      [2, 2],
    ]);
  });

  it('export deltas once: what was not touched since is not sent again', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
    const obs = open([exporter]);
    workload(obs)();
    await obs.forceFlush();
    await obs.forceFlush();
    const shop = exporter.getMetrics()[1]!.scopeMetrics.find(({ scope }) => scope.name === 'shop')!;
    const names = shop.metrics.map(({ descriptor }) => descriptor.name);
    expect(names).toEqual(['seen', 'depth']); // what callbacks observe is of this collection
    expect(shop.metrics[0]!.dataPoints[0]!.value).toBe(0);
  });

  it('are flushed by a shutdown', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const pushed: ResourceMetrics[] = [];
    const push = exporter.export.bind(exporter);
    exporter.export = (metrics, done) => {
      pushed.push(metrics);
      push(metrics, done);
    };
    const obs = open([exporter]);
    workload(obs)();
    await obs.shutdown();
    expect(registryRequests(pushed.at(-1)!)).toBe(1);
  });

  it('write to the console', async () => {
    const printed: unknown[] = [];
    jest.spyOn(console, 'dir').mockImplementation((value: unknown) => void printed.push(value));
    const obs = open([new ConsoleMetricExporter()]);
    workload(obs)();
    await obs.forceFlush();
    expect(printed).toContainEqual(
      expect.objectContaining({
        descriptor: expect.objectContaining({ name: 'orders', type: 'COUNTER', unit: '{order}' }),
        dataPoints: [expect.objectContaining({ value: 2, attributes: { kind: 'a', express: true } })],
      }),
    );
  });

  describe('over OTLP', () => {
    let receiver: OtlpReceiver;
    beforeEach(async () => void (receiver = await startOtlpReceiver()));
    afterEach(async () => {
      await shutDown();
      await receiver.close();
    });

    it.each(TEMPORALITIES)('send what was recorded, %s', async (name, temporality) => {
      const exporter = new OTLPMetricExporter({
        url: `${receiver.url}/v1/metrics`,
        temporalityPreference: temporality as number,
      });
      const obs = open([exporter]);
      const round = workload(obs);
      const upDown = temporality === AggregationTemporality.DELTA ? EXPECTED[1] : EXPECTED[temporality];
      for (const i of [0, 1]) {
        round();
        const before = receiver.metrics.length;
        await obs.forceFlush();
        const sent = receiver.metrics.slice(before);
        const metric = (wanted: string): DecodedMetric => sent.find((one) => one.name === wanted)!;
        const expected = EXPECTED[temporality];
        expect(metric('orders')).toMatchObject({
          kind: 'sum',
          unit: '{order}',
          description: 'Orders.',
          monotonic: true,
          temporality: name,
          scope: { name: 'shop', version: '2.0.0' },
          resource: { 'service.name': 'kernel', 'service.version': '3.1.4', 'host.arch': 'arm64' },
          points: [{ value: expected.orders[i], attributes: { kind: 'a', express: true } }],
        });
        expect(metric('level')).toMatchObject({ kind: 'sum', monotonic: false, temporality: 'cumulative' });
        expect(metric('level').points[0]!.value).toBe(upDown.level[i]);
        const times = expected.size[i]! / 3;
        expect(metric('size')).toMatchObject({
          kind: 'histogram',
          temporality: name,
          points: [
            {
              count: 3 * times,
              sum: 55.5 * times,
              min: 0.5,
              max: 50,
              bounds: [1, 10],
              bucketCounts: [times, times, times],
            },
          ],
        });
        expect(metric('heat')).toMatchObject({ kind: 'gauge', points: [{ value: 21.5 }] });
        expect(metric('seen').points[0]!.value).toBe(expected.seen[i]);
        expect(metric('depth').points[0]!.value).toBe(7);
        for (const { points } of sent) {
          for (const { startNanos, timeNanos } of points) expect(startNanos <= timeNanos).toBe(true);
        }
      }
    });
  });
});
