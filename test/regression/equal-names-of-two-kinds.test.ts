import { createTestObservability } from '../../src/testing/index.js';
import { parseExposition } from '../../src/testing/parse-exposition.js';
import { seriesOf } from '../../src/testing/samples.js';

// What observables no longer report was found by name alone, so that an instrument one records into, with a name
// that an observable has too, was never shown.

test('an instrument is shown beside an observable one of the same name', async () => {
  const obs = createTestObservability();
  const meter = obs.meterProvider.getMeter('host');
  meter.createUpDownCounter('level').add(3, { from: 'recorded' });
  meter
    .createObservableUpDownCounter('level')
    .addCallback((result) => result.observe(4, { from: 'observed' }));
  const shown = seriesOf(parseExposition(await obs.export()), 'level');
  expect(shown.map(({ labels, value }) => [labels['from'], value]).sort()).toEqual([
    ['observed', 4],
    ['recorded', 3],
  ]);
  await obs.shutdown();
});

test('equal observables of two meters that differ in their schema alone are both shown', async () => {
  const obs = createTestObservability();
  for (const schema of ['1', '2']) {
    obs.meterProvider
      .getMeter('host', '1.0.0', { schemaUrl: `https://example.test/${schema}` })
      .createObservableGauge('depth')
      .addCallback((result) => result.observe(1, { schema }));
  }
  const shown = seriesOf(parseExposition(await obs.export()), 'depth');
  expect(shown.map(({ labels }) => labels['schema']).sort()).toEqual(['1', '2']);
  await obs.shutdown();
});
