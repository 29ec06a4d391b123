import fc from 'fast-check';
import type { Attributes } from '@opentelemetry/api';
import { DropLog } from '../../src/diagnostics/drop-log.js';
import type { ExpositionRequest } from '../../src/exposition/exposition-source.js';
import { parseExposition } from '../../src/testing/parse-exposition.js';
import { parseOpenMetrics } from '../../src/testing/parse-openmetrics.js';
import type { Sample } from '../../src/testing/samples.js';
import {
  allOpenMetricsByPython,
  allTextsByPython,
  promtoolCheck,
  type PythonVerdict,
} from '../support/independent-parsers.js';
import { metricStore, PIPELINES, type PipelineName } from '../support/stores.js';
import { rounds } from '../support/rounds.js';

fc.configureGlobal({ seed: 20_261_128 }); // the same pages in every run

// Whatever a host names things, each page is one that strict parsers read, with every value on it.

const SCHEMES = [undefined, 'allow-utf-8', 'underscores', 'dots', 'values'] as const;
const REQUESTS: readonly ExpositionRequest[] = (['text', 'openmetrics'] as const).flatMap((format) =>
  SCHEMES.map((escaping) => ({ format, escaping })),
);

const odd = fc.oneof(
  fc.constantFrom(
    '请求',
    '_',
    '.total',
    '"',
    '\\',
    '\n',
    '\0',
    '{',
    '}',
    '#',
    ' ',
    '😱',
    'a.b',
    'a-b',
    'a_b',
    'a:b',
  ),
  fc.constantFrom(
    'x_total',
    'x',
    'x.total',
    'x_bucket',
    'x_sum',
    'x_count',
    'x_created',
    'x_info',
    'target_info',
    'le',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }),
);
const value = fc.oneof(odd, fc.integer(), fc.boolean(), fc.double(), fc.array(odd, { maxLength: 2 }));
const instrument = fc.record({
  kind: fc.constantFrom('Counter', 'UpDownCounter', 'Histogram', 'Gauge'),
  scope: fc.constantFrom('one', 'two'),
  name: odd,
  unit: fc.oneof(fc.constantFrom('s', 'By', '', '{item}', '1'), odd),
  description: fc.string({ unit: 'binary', maxLength: 8 }),
  value: fc.integer({ min: 0, max: 1000 }),
  attributes: fc.dictionary(odd, value, { maxKeys: 3, noNullPrototype: true }),
});
type Instrument = typeof instrument extends fc.Arbitrary<infer T> ? T : never;

async function pagesOf(
  store: PipelineName,
  instruments: readonly Instrument[],
): Promise<Map<ExpositionRequest, string>> {
  const drops = new DropLog();
  const kept = metricStore(store, { drops });
  const advice = { explicitBucketBoundaries: [1, 1e6] };
  for (const { kind, scope, name, unit, description, value: number, attributes } of instruments) {
    const meter = kept.meterProvider.getMeter(scope);
    const labels = attributes as Attributes;
    const options = { unit, description, ...(kind === 'Histogram' && { advice }) };
    if (kind === 'Counter') meter.createCounter(name, options).add(number, labels);
    else if (kind === 'UpDownCounter') meter.createUpDownCounter(name, options).add(number, labels);
    else if (kind === 'Histogram') meter.createHistogram(name, options).record(number, labels);
    else meter.createGauge(name, options).record(number, labels);
  }
  const pages = new Map<ExpositionRequest, string>();
  for (const request of REQUESTS) {
    let text = '';
    for await (const chunk of await kept.open(request)) text += chunk;
    pages.set(request, text);
  }
  await kept.shutdown();
  return pages;
}

function samplesOf({ format }: ExpositionRequest, page: string): Sample[] {
  const families = format === 'text' ? parseExposition(page) : parseOpenMetrics(page);
  return families.flatMap(({ samples }) => [...samples]);
}

test.each(PIPELINES)('each page of the %s store is read by a strict parser', async (store) => {
  await fc.assert(
    fc.asyncProperty(fc.array(instrument, { minLength: 1, maxLength: 12 }), async (instruments) => {
      for (const [request, page] of await pagesOf(store, instruments)) samplesOf(request, page);
    }),
    { numRuns: rounds(120) },
  );
});

test('a page has every counter, whatever names and labels there are', async () => {
  // What OpenMetrics has of a counter beside its name is no other metric's name: those conflict, tested elsewhere.
  const counter = instrument
    .filter(({ name }) => !/target|_created|_info/.test(name))
    .map((one) => ({ ...one, kind: 'Counter' as const }));
  const written = ({ name }: Instrument): string => Buffer.from(name.toLowerCase()).toString();
  const counters = fc.uniqueArray(counter, { minLength: 1, maxLength: 12, selector: written });
  await fc.assert(
    fc.asyncProperty(counters, async (instruments) => {
      for (const [request, page] of await pagesOf('native', instruments)) {
        const shown = samplesOf(request, page).filter(({ name }) => name !== 'target_info');
        expect(new Set(shown.map(({ name }) => name)).size).toBe(instruments.length);
        const total = shown.reduce((sum, sample) => sum + sample.value, 0);
        expect(total).toBe(instruments.reduce((sum, one) => sum + one.value, 0));
      }
    }),
    { numRuns: rounds(120) },
  );
});

test('parsers that are not ours read the same', async () => {
  const texts: string[] = [];
  const openMetrics: string[] = [];
  for (const instruments of fc.sample(fc.array(instrument, { minLength: 1, maxLength: 12 }), rounds(60))) {
    for (const [{ format }, page] of await pagesOf('native', instruments))
      (format === 'text' ? texts : openMetrics).push(page);
  }
  const inPlainNames = texts.filter((page) => !/^(# \w+ "|\{|[^#\n]*[{,]")/m.test(page));
  expect(inPlainNames.length).toBeGreaterThan(texts.length / 2);
  const verdict = promtoolCheck(inPlainNames[0]!);
  if (verdict === undefined && process.env['CI'] === 'true') throw new Error('promtool is not installed');
  if (verdict !== undefined)
    for (const page of inPlainNames.slice(0, rounds(60))) expect(promtoolCheck(page)!.status).not.toBe(1);
  const python = { text: allTextsByPython(texts), openmetrics: allOpenMetricsByPython(openMetrics) };
  if (python.text === undefined || python.openmetrics === undefined) {
    if (process.env['CI'] === 'true') throw new Error("Python's prometheus_client is not installed");
    return console.warn("not compared: Python's prometheus_client is not installed");
  }
  const differing = (format: 'text' | 'openmetrics', pages: readonly string[]): unknown[] =>
    (python[format] as readonly PythonVerdict[]).flatMap((read, i): unknown[] => {
      const page = pages[i]!;
      if ('error' in read) return [{ page, error: read.error }];
      return read.samples.length === samplesOf({ format }, page).length
        ? []
        : [{ page, samples: read.samples }];
    });
  expect(differing('text', texts)).toEqual([]);
  expect(differing('openmetrics', openMetrics)).toEqual([]);
});
