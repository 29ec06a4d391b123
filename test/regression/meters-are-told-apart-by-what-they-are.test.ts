import { diag, ValueType } from '@opentelemetry/api';
import { TestReader } from '../differential/support/subjects.js';
import { nativeStore } from '../support/stores.js';

// A version that is no text was another meter than none, so that one scope stood in an export twice; and an instrument
// created once for integers and once for fractions was one instrument without a word.

afterEach(() => diag.disable());

test('an empty version or schema is none', async () => {
  const reader = new TestReader();
  const { meterProvider } = nativeStore({ readers: [reader] });
  meterProvider.getMeter('host').createCounter('n').add(1);
  meterProvider.getMeter('host', '').createCounter('n').add(1);
  meterProvider.getMeter('host', '', { schemaUrl: '' }).createCounter('n').add(1);
  const { scopeMetrics } = (await reader.collect()).resourceMetrics;
  expect(scopeMetrics.map(({ scope }) => scope)).toEqual([{ name: 'host' }]);
  expect(scopeMetrics[0]!.metrics[0]!.dataPoints[0]!.value).toBe(3);
});

test('an instrument created with two value types is said', () => {
  const said: string[] = [];
  const no = (): void => {};
  diag.setLogger({ error: no, warn: (line) => void said.push(line), info: no, debug: no, verbose: no });
  const meter = nativeStore().meterProvider.getMeter('host');
  meter.createCounter('n', { valueType: ValueType.INT });
  meter.createCounter('n', { valueType: ValueType.DOUBLE });
  expect(said).toEqual([
    expect.stringMatching(/n: created as counter of integers.* and as counter of .*the first/),
  ]);
});
