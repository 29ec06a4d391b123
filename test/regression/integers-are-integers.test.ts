import { ValueType } from '@opentelemetry/api';
import { parseExposition } from '../../src/testing/parse-exposition.js';
import { sampleValue, seriesOf } from '../../src/testing/samples.js';
import { metricStore, PIPELINES } from '../support/stores.js';

// The value type INT was kept by what is recorded alone: callbacks went on giving fractions, and a gauge NaN, which the
// protocol cannot send as an integer.

const INT = { valueType: ValueType.INT };

describe.each(PIPELINES)('the value type INT in the %s store', (name) => {
  it.each(['createObservableCounter', 'createObservableUpDownCounter', 'createObservableGauge'] as const)(
    'cuts the fraction of what a callback of %s gives',
    async (create) => {
      const store = metricStore(name);
      const meter = store.meterProvider.getMeter('host');
      meter[create]('seen', INT).addCallback((result) => result.observe(2.75));
      const families = parseExposition(await store.export());
      expect(sampleValue(families, 'seen') ?? sampleValue(families, 'seen_total')).toBe(2);
    },
  );

  it('drops NaN and infinity given to a gauge of integers', async () => {
    const store = metricStore(name);
    const meter = store.meterProvider.getMeter('host');
    const gauge = meter.createGauge('level', INT);
    gauge.record(7.9);
    gauge.record(NaN);
    gauge.record(-Infinity);
    meter.createObservableGauge('seen', INT).addCallback((result) => result.observe(NaN));
    const families = parseExposition(await store.export());
    expect(sampleValue(families, 'level')).toBe(7);
    expect(seriesOf(families, 'seen')).toEqual([]);
  });
});
