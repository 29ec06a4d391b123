import { MetricReader } from '@opentelemetry/sdk-metrics';
import { nativeStore } from '../support/stores.js';

// A batch callback that failed was as many failures as it has instruments: "no, and 2 more".

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

test('a batch callback that fails is one failure for a reader, however many instruments it has', async () => {
  const reader = new Reader();
  const store = nativeStore({ readers: [reader] });
  const meter = store.meterProvider.getMeter('host');
  const gauges = ['a', 'b', 'c'].map((name) => meter.createObservableGauge(name));
  meter.addBatchObservableCallback(() => Promise.reject(new Error('no')), gauges);
  expect((await reader.collect()).errors).toEqual([new Error('no')]);
});
