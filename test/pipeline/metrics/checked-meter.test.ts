import type { MetricOptions } from '@opentelemetry/api';
import { warnings } from '../../instruments/support.js';
import { metricStore, PIPELINES } from '../../support/stores.js';

describe.each(PIPELINES)('a meter of the %s store', (name) => {
  const meterOf = () => metricStore(name).meterProvider.getMeter('host');

  test.each<[string, MetricOptions, MetricOptions, string, string]>([
    ['units', { unit: 's' }, { unit: 'ms' }, 'unit "s"', 'unit "ms"'],
    ['descriptions', { description: 'One.' }, { description: 'Two.' }, '"One."', '"Two."'],
    ['units and none', { unit: 's' }, {}, 'unit "s"', 'unit ""'],
    [
      'buckets',
      { advice: { explicitBucketBoundaries: [1, 2] } },
      { advice: { explicitBucketBoundaries: [3] } },
      'buckets 1 2',
      'buckets 3',
    ],
  ])('warns once of a histogram that is created with different %s', (_, first, second, one, other) => {
    const said = warnings();
    const meter = meterOf();
    const made = meter.createHistogram('n', first);
    expect(meter.createHistogram('n', second)).toBe(made);
    meter.createHistogram('n', second);
    const ours = said.filter((line) => line.includes('n: created'));
    expect(ours).toHaveLength(1);
    expect(ours[0]).toContain(one);
    expect(ours[0]).toContain(other);
    expect(ours[0]).toContain('the first is used');
  });

  test('warns of a name that is created in two kinds, and creates both', () => {
    const said = warnings();
    const meter = meterOf();
    const counter = meter.createCounter('n', {});
    expect(meter.createGauge('N', {})).not.toBe(counter);
    const ours = said.filter((line) => line.includes('n: created'));
    expect(ours).toEqual([expect.stringMatching(/as counter .* and as gauge .*a page of metrics shows one/)]);
  });

  test('does not warn of an instrument that is created again with the same options or none', () => {
    const said = warnings();
    const meter = meterOf();
    const options = { unit: 's', description: 'One.' };
    expect(meter.createCounter('n', options)).toBe(meter.createCounter('N', { ...options }));
    meter.createCounter('n');
    expect(said.filter((line) => line.includes('n: created'))).toEqual([]);
  });

  test('gives the same meter for the same scope, and another for another version or schema', () => {
    const { meterProvider } = metricStore(name);
    const meter = meterProvider.getMeter('host', '1');
    expect(meterProvider.getMeter('host', '1')).toBe(meter);
    expect(meterProvider.getMeter('host', '2')).not.toBe(meter);
    expect(meterProvider.getMeter('host', '1', { schemaUrl: 'https://example.test' })).not.toBe(meter);
  });
});
