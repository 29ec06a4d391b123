import { initObservability, type Observability } from '../../src/index.js';
import { recordEverything } from '../contract/everything.js';
import { eventually } from './support/eventually.js';
import { observed } from './support/observed.js';
import { stackOfEachTest } from './support/test-stack.js';

/** Time goes on for these, and each scrape is counted in them. */
const MOVING =
  /uptime|heartbeat_timestamp|oldest_age|credential_age|scrape_duration|telemetry_series|^(up|scrape_.*)$/;

describe('prometheus itself', () => {
  const stackOf = stackOfEachTest();
  let obs: Observability | undefined;
  afterEach(() => obs?.shutdown());

  it('reads the page in both formats, whatever attributes a host has, to the same series', async () => {
    const stack = stackOf();
    const port = stack.kernelPort;
    obs = initObservability({
      serviceName: 'direct',
      prometheus: { port },
      otlp: false,
      signalHandlers: false,
    });
    await obs.ready;
    recordEverything(obs);
    recordOddly(obs);
    const target = `127.0.0.1:${port}`;
    await stack.startPrometheus({
      kernels: {
        text: { target, protocol: 'PrometheusText0.0.4' },
        openmetrics: { target, protocol: 'OpenMetricsText1.0.0' },
      },
    });

    const isOurs = (name: string): boolean => /^(agent_os|amb|gen_ai|target_info)/.test(name);
    const seriesOf = async (job: string): Promise<string[]> => {
      const samples = await stack.prometheus.query(`{job="${job}"}`);
      return samples
        .filter(({ labels }) => !MOVING.test(labels['__name__']!))
        .filter(({ labels }) => isOurs(labels['__name__']!))
        .map(({ labels, value }) => JSON.stringify([Object.entries({ ...labels, job: '' }).sort(), value]))
        .sort();
    };
    await eventually('both jobs are up', async () => {
      const up = await stack.prometheus.query('up{job=~"text|openmetrics"} == 1');
      return up.length === 2 ? true : undefined;
    });
    const [text, openMetrics] = await eventually('the page in both formats', async () => {
      const pages = [await seriesOf('text'), await seriesOf('openmetrics')] as const;
      return pages.every((series) => series.length > 100) ? pages : undefined;
    });
    expect(openMetrics).toEqual(text);
    // Our Prometheus asks for underscores by OpenMetrics, and for nothing by text: names differ, series do not.
    const hosts = async (job: string): Promise<{ names: Set<string>; values: unknown[] }> => {
      const samples = (await stack.prometheus.query(`{job="${job}"}`)).filter(
        ({ labels: { __name__: name } }) => !MOVING.test(name!) && !isOurs(name!),
      );
      const names = new Set(samples.map(({ labels }) => labels['__name__']!));
      return { names, values: samples.map(({ value }) => value).sort() };
    };
    const [oddText, oddOpenMetrics] = [await hosts('text'), await hosts('openmetrics')];
    expect(oddText.values.length).toBeGreaterThan(10 + HOSTILE.length);
    expect(oddOpenMetrics.values).toEqual(oddText.values);
    expect(oddText.names.size).toBeGreaterThan(HOSTILE.length);
    expect(oddOpenMetrics.names.size).toBe(oddText.names.size);
    expect((await stack.prometheus.exemplarTraceIds('{job="openmetrics"}')).length).toBeGreaterThan(0);
    observed('metrics', 'Prometheus itself scrapes the page in text 0.0.4 and in OpenMetrics', [
      `${text.length} series, the same by both, some with attributes that no label may have; exemplars by OpenMetrics`,
    ]);
  });
});

/** Names of counters that no page could have, or that become one. */
const HOSTILE = [
  '请求',
  '_',
  '.total',
  '"',
  '\\',
  '\n',
  '\0',
  '{x="}',
  '#',
  '😱',
  'ok.x',
  'ok-x',
  'ok_x',
  '1a',
  'a:b',
];

/** Attributes and values at the edge of what the formats can carry. */
function recordOddly({ meterProvider, tracer }: Observability): void {
  const meter = meterProvider.getMeter('odd');
  HOSTILE.forEach((name, i) =>
    meter.createCounter(name, { description: name }).add(2 ** i, { [`k${name}`]: name }),
  );
  const counter = meter.createCounter('odd.requests', { description: 'a "b"\n\\ c' });
  counter.add(1, {
    'a.b': 'x',
    a_b: 'y',
    '9k': 'quote " backslash \\ newline \n',
    empty: '',
    number: 4,
    yes: true,
  });
  counter.add(2, { number: '4' });
  counter.add(4, { number: 4 });
  counter.add(8, { é: 'ü', list: ['a', 'b'] });
  meter.createGauge('odd_nan').record(NaN);
  meter.createGauge('odd_below').record(-Infinity);
  meter.createUpDownCounter('odd_balance').add(-0.25);
  const histogram = meter.createHistogram('odd_size', {
    advice: { explicitBucketBoundaries: [1e-5, 0.5, 1, 1e6] },
  });
  tracer.span('odd', {}, () => histogram.record(0.75, { le: 'mine', quantile: '0.5' }));
}
