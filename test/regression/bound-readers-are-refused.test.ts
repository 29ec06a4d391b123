import { AggregationTemporality, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { initObservability, type ObservabilityOptions } from '../../src/index.js';

// A reader that another provider has failed with the SDK's bare error, and those before it stayed bound for ever.

class Reader extends MetricReader {
  constructor() {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE });
  }
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}
const start = (...readers: unknown[]) =>
  initObservability({
    serviceName: 't',
    prometheus: false,
    otlp: false,
    signalHandlers: false,
    metrics: { readers: readers as NonNullable<ObservabilityOptions['metrics']>['readers'] },
  } as ObservabilityOptions);

test('a reader that another provider has is one error of ours, and nothing is left bound', async () => {
  const [free, taken] = [new Reader(), new Reader()];
  new MeterProvider({ readers: [taken] });
  expect(() => start(free, taken)).toThrow(/AOO_INVALID_OPTIONS/);
  expect(() => start(free, taken)).toThrow(
    /metrics\.readers\[1\]: received a reader that another provider has/,
  );
  expect(() => new MeterProvider({ readers: [free] })).not.toThrow();
});

test('the same reader twice is refused', () => {
  const reader = new Reader();
  expect(() => start(reader, reader)).toThrow(/metrics\.readers\[1\]: received the same reader twice/);
});

test('readers before one that refuses by itself are let go, and can be bound again', async () => {
  const reader = new Reader();
  const refusing = {
    setMetricProducer: () => {
      throw new Error('no');
    },
    selectAggregationTemporality: () => 1,
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  expect(() => start(reader, refusing)).toThrow(/metrics\.readers\[1\]: received a reader that fails/);
  expect((await reader.collect()).resourceMetrics.scopeMetrics).toEqual([]);
  const obs = start(reader);
  obs.kernel.recordRequest({ action: 'a', status: 'success' });
  expect((await reader.collect()).resourceMetrics.scopeMetrics).not.toEqual([]);
  await obs.shutdown();
});
