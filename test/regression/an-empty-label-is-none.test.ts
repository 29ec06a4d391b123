import { parseExposition } from '../../src/testing/parse-exposition.js';
import { seriesOf } from '../../src/testing/samples.js';
import { metricStore, PIPELINES } from '../support/stores.js';

// To Prometheus a label without a value is none: the page had the series with it and that without, which are one.

test.each(PIPELINES)('the %s store shows an attribute without a value as none', async (name) => {
  const store = metricStore(name);
  const counter = store.meterProvider.getMeter('host').createCounter('n');
  counter.add(1, { a: '' });
  counter.add(2);
  counter.add(4, { 'b.c': '', b_c: '' });
  const samples = seriesOf(parseExposition(await store.export()), 'n_total');
  expect(samples).toMatchObject([
    { labels: {}, value: 3 },
    { labels: { b_c: ';' }, value: 4 },
  ]);
  await store.shutdown();
});
