import { nativeStore } from '../support/stores.js';

// A batch callback that failed was as many failures as it has instruments: "no, and 2 more".

test('a batch callback that fails is one failure, however many instruments it has', async () => {
  const store = nativeStore();
  const meter = store.meterProvider.getMeter('host');
  const gauges = ['a', 'b', 'c'].map((name) => meter.createObservableGauge(name));
  meter.addBatchObservableCallback(() => Promise.reject(new Error('no')), gauges);
  await expect(store.export()).rejects.toThrow(/^no$/);
});
