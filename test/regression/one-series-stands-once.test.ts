import { DropLog } from '../../src/diagnostics/drop-log.js';
import { labelPairs } from '../../src/exposition/labels.js';
import { NONE_RESERVED } from '../../src/exposition/labels.js';
import { AttributeSeriesIndex } from '../../src/cardinality/attribute-series-index.js';
import { parseExposition } from '../../src/testing/parse-exposition.js';
import { seriesOf } from '../../src/testing/samples.js';
import { nativeStore } from '../support/stores.js';

// The labels of a series stood in the order of the attributes' own names, which are not those of the labels: two sets
// of attributes that are one series on the page had two texts, and stood there twice, which Prometheus refuses.

test('attributes that become equal labels in another order are one series', async () => {
  const store = nativeStore();
  const counter = store.meterProvider.getMeter('host').createCounter('n');
  counter.add(1, { 'a.z': 'x', a_b: 'y' });
  counter.add(2, { a_b: 'y', a_z: 'x' });
  const series = seriesOf(parseExposition(await store.export()), 'n_total');
  expect(series).toMatchObject([{ labels: { a_b: 'y', a_z: 'x' }, value: 3 }]);
});

test('values that are joined stand in the order of their names, also where a name is a number', () => {
  const attributes = { '-1': 'first', '1': 'second' };
  expect(labelPairs(attributes, NONE_RESERVED).text).toBe('_1="first;second"');
  expect(labelPairs({ a_b: 2, 'a.b': 1 }, NONE_RESERVED).text).toBe('a_b="1;2"');
});

test('attributes of a host that are those of the overflow series are that series', () => {
  const caps = { id: 10, open: 10, slug: 10, series: 2 };
  const rows = new AttributeSeriesIndex('n', caps, new DropLog());
  const overflow = { 'otel.metric.overflow': true };
  const row = rows.find(overflow);
  const others = ['a', 'b', 'c'].map((user) => rows.find({ user }));
  expect(others.filter((other) => other === row)).not.toEqual([]);
  const sets = Array.from({ length: rows.size }, (_, i) => JSON.stringify(rows.attributesOf(i)));
  expect(new Set(sets).size).toBe(sets.length);
  expect(rows.find(overflow)).toBe(row);
  expect(rows.counted).toBeLessThanOrEqual(rows.limit);
});
