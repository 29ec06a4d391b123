import { diag } from '@opentelemetry/api';
import { DropLog } from '../../src/diagnostics/drop-log.js';
import type { ExposedStream } from '../../src/exposition/exposed-family.js';
import type { ExpositionRequest } from '../../src/exposition/exposition-source.js';
import { FamilyNames } from '../../src/exposition/family-names.js';
import { TEXT_FORMAT } from '../../src/exposition/format-writer.js';
import { NONE_RESERVED } from '../../src/exposition/labels.js';
import { pageOf } from '../../src/exposition/page-chunks.js';
import { SeriesTexts } from '../../src/exposition/series-texts.js';
import type { MetricStore } from '../../src/pipeline/metrics/metric-store.js';
import { parseExposition } from '../../src/testing/parse-exposition.js';
import { parseOpenMetrics } from '../../src/testing/parse-openmetrics.js';
import type { SampleFamily } from '../../src/testing/samples.js';
import { metricStore, PIPELINES } from '../support/stores.js';

// A counter named 请求 had no name left before its `_total`, so that Prometheus refused the whole page; three names that
// became one were one series; equal gauges of two scopes were one line.

async function read(store: MetricStore, request: ExpositionRequest): Promise<SampleFamily[]> {
  let text = '';
  for await (const chunk of await store.open(request)) text += chunk;
  return request.format === 'text' ? parseExposition(text) : parseOpenMetrics(text);
}
const samplesOf = (families: readonly SampleFamily[]) =>
  families.flatMap(({ samples }) => [...samples]).filter(({ name }) => name !== 'target_info');

const FORMATS = ['text', 'openmetrics'] as const;
const SCHEMES = [undefined, 'allow-utf-8', 'underscores', 'dots', 'values'] as const;
const NAMES = ['请求', '响应', '_', '.total', '"', '.', '-', '😱', '\0', '\n', 'a:b', 'total', '_total', '1'];

let said: string[];
beforeEach(() => {
  said = [];
  const log = (message: string): void => void said.push(message);
  diag.setLogger({ error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} });
});
afterEach(() => diag.disable());

describe.each(PIPELINES)('in the %s store', (name) => {
  const stores: MetricStore[] = [];
  const open = (): MetricStore => {
    const store = metricStore(name);
    stores.push(store);
    return store;
  };
  afterEach(() => Promise.all(stores.splice(0).map((store) => store.shutdown())));

  describe.each(FORMATS)('the %s page', (format) => {
    test.each(SCHEMES)('has a counter of each name, names written as %p', async (escaping) => {
      const store = open();
      const meter = store.meterProvider.getMeter('h');
      NAMES.forEach((each, i) => meter.createCounter(each).add(2 ** i));
      const values = samplesOf(await read(store, { format, escaping })).map(({ value }) => value);
      expect(values.reduce((sum, value) => sum + value, 0)).toBe(2 ** NAMES.length - 1);
      expect(values).toHaveLength(NAMES.length);
    });

    test('has counters whose names become one as families of their own', async () => {
      const store = open();
      const meter = store.meterProvider.getMeter('h');
      meter.createCounter('requests.ok').add(100);
      meter.createCounter('requests-ok').add(3);
      meter.createCounter('requests_ok').add(1);
      const shown = async (): Promise<unknown> =>
        samplesOf(await read(store, { format })).map((sample) => [sample.name, sample.value]);
      const expected = [
        ['requests_ok_total', 100],
        ['U__requests_2d_ok__total', 3],
        ['U__requests__ok__total', 1],
      ];
      expect(await shown()).toEqual(expected);
      expect(await shown()).toEqual(expected);
      expect(said.filter((line) => line.includes('requests-ok: shown as'))).toHaveLength(1);
    });

    test('has gauges that are named as Prometheus names its own series by other names', async () => {
      const store = open();
      const meter = store.meterProvider.getMeter('h');
      const names = ['up', 'scrape_duration_seconds', 'ALERTS', 'exported_up'];
      names.forEach((each, i) => meter.createGauge(each).record(i));
      meter.createCounter('up').add(9);
      const shown = samplesOf(await read(store, { format })).map((sample) => [sample.name, sample.value]);
      expect(new Map(shown as [string, number][])).toEqual(
        new Map([
          ['exported_up', 0],
          ['exported_scrape_duration_seconds', 1],
          ['exported_ALERTS', 2],
          ['U__exported__up', 3],
          ['up_total', 9],
        ]),
      );
      expect(said).toContainEqual(
        expect.stringContaining('up: shown as exported_up, because Prometheus itself writes up.'),
      );
    });

    test('has equal gauges of two scopes, told apart by what the scopes differ in', async () => {
      const store = open();
      const record = (value: number, ...scope: [string, string?]): void =>
        store.meterProvider
          .getMeter(...scope)
          .createGauge('heat')
          .record(value, { room: 'a', otel_scope_name: 'mine' });
      record(1, 'one', '1.0.0');
      record(2, 'one', '2.0.0');
      record(3, 'two', '1.0.0');
      const shown = samplesOf(await read(store, { format }));
      expect(
        shown.map(({ labels, value }) => [labels['otel_scope_name'], labels['otel_scope_version'], value]),
      ).toEqual([
        ['one', '1.0.0', 1],
        ['one', '2.0.0', 2],
        ['two', '1.0.0', 3],
      ]);
      expect(shown.map(({ labels }) => labels['exported_otel_scope_name'])).toEqual(['mine', 'mine', 'mine']);
    });

    test('has of two series of a gauge that are one the newest', async () => {
      const store = open();
      const gauge = store.meterProvider.getMeter('h').createGauge('heat');
      const shown = async (): Promise<unknown> =>
        samplesOf(await read(store, { format })).map(({ value }) => value);
      gauge.record(1, { k: '' });
      gauge.record(2);
      expect(await shown()).toEqual([2]);
      gauge.record(3, { k: '' });
      expect(await shown()).toEqual([3]);
    });
  });
});

test('an instrument keeps its name when one comes that would have been before it', async () => {
  const store = metricStore('native');
  const [first, second] = ['one', 'two'].map((scope) => store.meterProvider.getMeter(scope));
  second!.createCounter('n.x').add(1);
  const shown = async (): Promise<unknown> =>
    samplesOf(await read(store, { format: 'text' })).map((sample) => [sample.name, sample.value]);
  expect(await shown()).toEqual([['n_x_total', 1]]);
  first!.createCounter('n-x').add(2);
  expect(await shown()).toEqual([
    ['U__n_2d_x__total', 2],
    ['n_x_total', 1],
  ]);
  await store.shutdown();
});

test('a family without a unit says so where one with a unit is before it', async () => {
  const store = metricStore('native');
  const meter = store.meterProvider.getMeter('h');
  meter.createGauge('a').record(1);
  meter.createGauge('wait_seconds', { unit: 's' }).record(1);
  meter.createGauge('b').record(1);
  meter.createGauge('c').record(1);
  let text = '';
  for await (const chunk of await store.open({ format: 'openmetrics' })) text += chunk;
  expect(text.split('\n').filter((line) => line.startsWith('# UNIT'))).toEqual([
    '# UNIT wait_seconds seconds',
    '# UNIT b ',
  ]);
  await store.shutdown();
});

test('a family that cannot be written is left out, counted and named, and the others are there', () => {
  const drops = new DropLog();
  const lost: string[] = [];
  drops.countInto((_, reason) => void lost.push(reason));
  const texts = new SeriesTexts({ attributesOf: () => ({ a: 'x' }) }, NONE_RESERVED);
  const about = {
    description: '',
    unit: '',
    registry: false,
    scope: { name: 'h' },
    sums: true,
    type: 'gauge',
  };
  const cells = (value: unknown) => ({
    rows: () => [0],
    valueAt: () => value,
    startAt: () => 0,
    exemplarAt: () => undefined,
  });
  const streams = [
    { ...about, name: 'a', texts, cells: cells(1) },
    { ...about, name: 'bad', texts, cells: cells('1\n') },
    { ...about, name: 'b', texts, cells: cells(2) },
  ] as unknown as ExposedStream[];
  const page = (): string =>
    [...pageOf({ streams, resource: {}, names: new FamilyNames(drops), drops }, TEXT_FORMAT)].join('');
  expect(parseExposition(page()).map(({ name }) => name)).toEqual(['target_info', 'a', 'b']);
  expect(parseExposition(page())).toHaveLength(3);
  expect(lost).toEqual(['unwritable', 'unwritable']);
  expect(said).toEqual([expect.stringContaining('bad: left out of the exposition')]);
});
