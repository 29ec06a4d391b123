import { diag } from '@opentelemetry/api';
import { MAX_INSTRUMENTS, MAX_METERS } from '../../src/pipeline/metrics/meter-limits.js';
import { createTestObservability, type TestObservability } from '../../src/testing/index.js';
import { parseExposition } from '../../src/testing/parse-exposition.js';
import { sampleValue, seriesOf } from '../../src/testing/samples.js';
import { nativeStore, PIPELINES } from '../support/stores.js';

// 60 000 counter names took 298 MB, and 40 000 scopes 28 seconds a page; 250 metrics of a host were past the limit of the
// metric that tells limits, which was an alert for ever; a label name of 3 000 characters went through.

const LIMITED = { signal: 'metrics', reason: 'instrument_limit' };

let said: string[];
let obs: TestObservability;
beforeEach(() => {
  said = [];
  const log = (message: string): void => void said.push(message);
  diag.setLogger({ error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} });
});
afterEach(async () => {
  await obs?.shutdown();
  diag.disable();
});
const exposed = async () => parseExposition(await obs.export());

test('instruments past the limit do nothing, are counted, and said once; known ones are given again', async () => {
  obs = createTestObservability();
  const meter = obs.meterProvider.getMeter('host');
  for (let i = 0; i < MAX_INSTRUMENTS + 10; i++) meter.createCounter(`n${i}`).add(1);
  meter.createCounter('n0').add(1);
  const families = await exposed();
  expect(families.filter(({ name }) => /^n\d+_total$/.test(name))).toHaveLength(MAX_INSTRUMENTS);
  expect(sampleValue(families, 'n0_total')).toBe(2);
  expect(sampleValue(families, 'agent_os_telemetry_dropped_total', LIMITED)).toBe(10);
  expect(said).toEqual([expect.stringContaining(`there are ${MAX_INSTRUMENTS} instruments`)]);
});

test('meters past the limit do nothing, are counted, and said once', async () => {
  obs = createTestObservability();
  for (let i = 0; i < MAX_METERS + 10; i++) obs.meterProvider.getMeter(`m${i}`).createCounter('n').add(1);
  const families = await exposed();
  expect(sampleValue(families, 'n_total')).toBe(MAX_METERS);
  expect(sampleValue(families, 'agent_os_telemetry_dropped_total', LIMITED)).toBe(10);
  expect(said).toEqual([expect.stringContaining(`there are ${MAX_METERS} meters`)]);
});

test('a name without end makes no instrument', async () => {
  obs = createTestObservability();
  obs.meterProvider.getMeter('host').createCounter('n'.repeat(5000)).add(1);
  expect(sampleValue(await exposed(), 'agent_os_telemetry_dropped_total', LIMITED)).toBe(1);
  expect(said).toEqual([expect.stringContaining('5000 characters')]);
});

test.each(PIPELINES)(
  'in the %s store, a host with many metrics makes no overflow of what tells of them',
  async (pipeline) => {
    obs = createTestObservability({ pipeline, cardinalityLimits: { open: 5, series: 20 } });
    const meter = obs.meterProvider.getMeter('host');
    for (let i = 0; i < 250; i++) meter.createCounter(`n${i}`).add(1, { i });
    const fullest = meter.createCounter('fullest');
    for (let i = 0; i < 15; i++) fullest.add(1, { i });
    await exposed();
    const families = await exposed();
    const told = seriesOf(families, 'agent_os_telemetry_series');
    expect(told.filter(({ labels }) => /^n\d+$/.test(labels['metric']!)).length).toBeGreaterThan(100);
    expect(sampleValue(families, 'agent_os_telemetry_series', { metric: 'fullest' })).toBe(15);
    expect(told.filter(({ labels }) => labels['metric'] === '__overflow__')).toEqual([]);
    const overflowed = { signal: 'metrics', reason: 'cardinality' };
    expect(sampleValue(families, 'agent_os_telemetry_dropped_total', overflowed)).toBe(0);
    expect(said).toEqual([]);
  },
);

test('a label name is no longer than a value', async () => {
  obs = createTestObservability();
  obs.meterProvider
    .getMeter('host')
    .createCounter('n')
    .add(1, { ['k'.repeat(3000)]: 'v' });
  expect(seriesOf(await exposed(), 'n_total')[0]!.labels).toEqual({ ['k'.repeat(128)]: 'v' });
});

test.each(['1a', '-a', '.a', 'n'.repeat(256), '请求'])(
  'the instrument name %p is said once, and used',
  async (name) => {
    obs = createTestObservability();
    const meter = obs.meterProvider.getMeter('host');
    meter.createCounter(name).add(1);
    meter.createCounter(name).add(1);
    obs.meterProvider.getMeter('other').createCounter(name).add(1);
    const values = (await exposed()).filter(
      ({ name: each }) => !each.startsWith('agent_os_') && each !== 'target_info',
    );
    expect(values.map(({ samples }) => samples[0]!.value)).toEqual([3]);
    expect(said).toEqual([expect.stringContaining('no name for an instrument')]);
  },
);

test('a meter does nothing after the shutdown, and the last page stays', async () => {
  const store = nativeStore();
  const meter = store.meterProvider.getMeter('host');
  const counter = meter.createCounter('n');
  counter.add(1);
  await store.shutdown();
  counter.add(1);
  meter.createCounter('late').add(1);
  store.meterProvider.getMeter('late').createCounter('later').add(1);
  const families = parseExposition(await store.export());
  expect(sampleValue(families, 'n_total')).toBe(1);
  expect(families.map(({ name }) => name)).toEqual(['target_info', 'n_total']);
});
