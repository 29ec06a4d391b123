import { createMetricsHandler } from '../../src/http/metrics-handler.js';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { MetricStore } from '../../src/pipeline/metrics/metric-store.js';
import { parseExposition } from '../../src/testing/parse-exposition.js';
import { sampleValue } from '../../src/testing/samples.js';
import { parseOpenMetrics } from '../../src/testing/parse-openmetrics.js';
import { metricStore, PIPELINES } from '../support/stores.js';

const resource = resourceFromAttributes({ 'service.name': 'test', 'a.b': 1, a_b: 2, '1st': true });

describe.each(PIPELINES)('a scrape of the %s store', (name) => {
  const stores: MetricStore[] = [];
  const open = (collectionTimeoutMillis = 5000): MetricStore => {
    const store = metricStore(name, { resource, collectionTimeoutMillis });
    stores.push(store);
    return store;
  };
  const get = (store: MetricStore) => createMetricsHandler(store)({ method: 'GET', headers: {} });
  afterEach(() => Promise.allSettled(stores.splice(0).map((store) => store.shutdown())));

  it('shares one collection between scrapes at the same time', async () => {
    const store = open();
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const callback = jest.fn(async (result: { observe(value: number): void }) => {
      await gate;
      result.observe(1);
    });
    store.meterProvider.getMeter('host').createObservableGauge('slow').addCallback(callback);
    const scrapes = [get(store), get(store), store.export()];
    release();
    const [first, second, text] = await Promise.all(scrapes);
    expect(callback).toHaveBeenCalledTimes(1);
    expect(first).toEqual(second);
    expect(sampleValue(parseExposition(text as string), 'slow')).toBe(1);
    await store.export();
    expect(callback).toHaveBeenCalledTimes(2);
  });

  it('shows the resource as target_info with valid, distinct labels', async () => {
    const families = parseExposition(await open().export());
    expect(families[0]).toMatchObject({
      name: 'target_info',
      samples: [{ labels: { service_name: 'test', a_b: '1;2', _1st: 'true' }, value: 1 }],
    });
  });

  it('says version and charset of the text', () => {
    expect(open().contentType()).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('gives OpenMetrics to a scraper that prefers it', async () => {
    const store = open();
    store.meterProvider.getMeter('host').createCounter('n').add(3);
    const page = await store.open({ format: 'openmetrics' });
    expect(page.contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const chunks: string[] = [];
    for await (const chunk of page) chunks.push(chunk);
    expect(sampleValue(parseOpenMetrics(chunks.join('')), 'n_total')).toBe(3);
  });

  it('shows no scope labels', async () => {
    const store = open();
    store.meterProvider
      .getMeter('host', '1.0.0', { schemaUrl: 'https://example.test/1' })
      .createCounter('n')
      .add(1);
    expect(await store.export()).not.toContain('otel_scope');
  });

  it('goes on answering the last values after shutdown', async () => {
    const store = open();
    store.meterProvider.getMeter('host').createCounter('n').add(3);
    await store.shutdown();
    expect(sampleValue(parseExposition(await store.export()), 'n_total')).toBe(3);
  });
});
