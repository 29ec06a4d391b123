import type { BatchObservableResult, Meter, ObservableCallback } from '@opentelemetry/api';
import { createTestObservability, type TestObservability } from '../../src/testing/index.js';
import { parseExposition } from '../../src/testing/parse-exposition.js';
import { sampleValue, seriesOf } from '../../src/testing/samples.js';

// Callbacks of one instrument were reported one by one. Where they met in a series, as `__overflow__`, the lower value
// passed for a counter that began anew, and the total grew with every scrape.

let obs: TestObservability;
let meter: Meter;
beforeEach(() => {
  obs = createTestObservability({ cardinalityLimits: { id: 2 } });
  meter = obs.meterProvider.getMeter('host');
});
afterEach(() => obs.shutdown());

const exposed = async () => parseExposition(await obs.export());
/** The series of three scrapes: `user` and value. */
const scrapes = async (name: string) => {
  const shown = [];
  for (let i = 0; i < 3; i++) {
    const series = seriesOf(await exposed(), name);
    shown.push(Object.fromEntries(series.map(({ labels, value }) => [labels['user'], value])));
  }
  return shown;
};
/** Observes `each` for so many users of its own. */
const users =
  (prefix: string, count: number, each: number): ObservableCallback =>
  (result) => {
    for (let i = 0; i < count; i++) result.observe(each, { user: `${prefix}${i}` });
  };
const same = (value: object) => [value, value, value];

test.each([
  ['counter', () => meter.createObservableCounter('seen_total'), 'seen_total'],
  ['up-down counter', () => meter.createObservableUpDownCounter('level'), 'level'],
])('the total of an observable %s with two callbacks past the cap stays', async (_, create, name) => {
  const instrument = create();
  instrument.addCallback(users('a', 10, 5));
  instrument.addCallback(users('b', 10, 1));
  expect(await scrapes(name)).toEqual(same({ a0: 5, a1: 5, __overflow__: 50 }));
});

test('a batch callback adds to the others of its instruments, and is asked once a scrape', async () => {
  const seen = meter.createObservableCounter('seen_total');
  const level = meter.createObservableUpDownCounter('level');
  seen.addCallback(users('a', 10, 5));
  const batch = jest.fn((result: BatchObservableResult) => {
    for (let i = 0; i < 4; i++) result.observe(seen, 1, { user: `b${i}` });
    result.observe(level, 7, { user: 'b0' });
  });
  meter.addBatchObservableCallback(batch, [seen, level]);
  expect(await scrapes('seen_total')).toEqual(same({ a0: 5, a1: 5, __overflow__: 44 }));
  expect(batch).toHaveBeenCalledTimes(3);
  expect(sampleValue(await exposed(), 'level', { user: 'b0' })).toBe(7);
});

test('two batch callbacks of one instrument are added up', async () => {
  const seen = meter.createObservableCounter('seen_total');
  for (const value of [9, 2]) {
    meter.addBatchObservableCallback((result) => result.observe(seen, value, { user: 'a' }), [seen]);
  }
  expect(await scrapes('seen_total')).toEqual(same({ a: 11 }));
});

test('of two callbacks that report one series of a gauge the last one stays', async () => {
  const depth = meter.createObservableGauge('depth');
  depth.addCallback((result) => result.observe(5, { user: 'a' }));
  depth.addCallback((result) => result.observe(1, { user: 'a' }));
  expect(await scrapes('depth')).toEqual(same({ a: 1 }));
});

test('what a removed callback reported leaves the total', async () => {
  const seen = meter.createObservableUpDownCounter('level');
  const gone = users('b', 10, 1);
  seen.addCallback(users('a', 10, 5));
  seen.addCallback(gone);
  await obs.export();
  seen.removeCallback(gone);
  expect(await scrapes('level')).toEqual(same({ a0: 5, a1: 5, __overflow__: 40 }));
});
