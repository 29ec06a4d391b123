import { trace } from '@opentelemetry/api';
import { initObservability, type Observability } from '../../src/index.js';
import { parseExposition } from '../../src/testing/parse-exposition.js';
import { openMetricsByPython } from '../support/independent-parsers.js';
import {
  parseOpenMetrics,
  type OpenMetricsFamily,
  type OpenMetricsSample,
} from '../../src/testing/parse-openmetrics.js';
import { recordEverything } from './everything.js';

const ACCEPT = 'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.2';

describe.each([undefined, false, true])('the page in OpenMetrics, createdSamples %p', (createdSamples) => {
  let obs: Observability;
  let page: string;
  let text: string;
  let families: OpenMetricsFamily[];
  let samples: OpenMetricsSample[];
  let ids: { traceId: string; spanId: string };
  const scrape = async (accept: string): Promise<string> => {
    const { status, headers, body } = await obs.metricsHandler({ method: 'GET', headers: { accept } });
    expect([status, headers['Content-Type']]).toEqual([200, expect.stringContaining(accept.split(';')[0]!)]);
    return String(body);
  };

  beforeAll(async () => {
    obs = initObservability({
      serviceName: 'test',
      prometheus: false,
      otlp: false,
      signalHandlers: false,
      clock: () => 1_000_000,
      metrics: { ...(createdSamples !== undefined && { createdSamples }), selfMetrics: true },
    });
    obs.tracer.span('outer', {}, (span) => {
      ids = span.spanContext();
      recordEverything(obs);
    });
    const counter = obs.meterProvider
      .getMeter('host')
      .createCounter('of.the-host', { description: 'A "b"\n\\' });
    counter.add(2, { '9k': 'a"b\\c\nd', number: 4, none: '' });
    // The series that a page is the first to count are on the next one.
    for (let i = 0; i < 3; i++) await scrape(ACCEPT);
    page = await scrape(ACCEPT);
    text = await scrape('text/plain');
    families = parseOpenMetrics(page);
    samples = families.flatMap((family) => family.samples);
  });
  afterAll(() => obs.shutdown());

  const isCreated = ({ name }: { name: string }): boolean => name.endsWith('_created');
  const isScrape = ({ name }: { name: string }): boolean => name.startsWith('agent_os_telemetry_scrape');

  it('has the series and values of the text format', () => {
    const canonical = (le: string | undefined): string => String(Number(le === '+Inf' ? Infinity : le));
    const keyed = (list: readonly { name: string; labels: Record<string, string>; value: number }[]) =>
      list
        .filter((sample) => !isScrape(sample))
        .map(({ name, labels, value }) => {
          const bound = labels['le'] === undefined ? {} : { le: canonical(labels['le']) };
          return JSON.stringify([name, { ...labels, ...bound }, value]);
        });
    const fromText = parseExposition(text).flatMap((family) => family.samples);
    // The two pages are of two moments.
    const still = <T extends { name: string }>(all: readonly T[]): T[] =>
      all.filter(({ name }) => name !== 'agent_os_kernel_heartbeat_timestamp_seconds');
    expect(keyed(still(samples) as never)).toEqual(keyed(still(fromText) as never));
  });

  it('ends with # EOF, and says when a series of Agent OS began, unless told otherwise', () => {
    expect(page.endsWith('\n# EOF\n')).toBe(true);
    const created = families.flatMap((family) => family.created);
    const isOfTheHost = ({ name }: { name: string }): boolean => name === 'of_the_host_created';
    expect(created.some((sample) => !isOfTheHost(sample))).toBe(createdSamples ?? true);
    expect(created.some(isOfTheHost)).toBe(createdSamples ?? false);
    for (const { value } of created) expect(Math.abs(value - Date.now() / 1000)).toBeLessThan(600);
  });

  it('has the span of what was counted as exemplar', () => {
    const violation = samples.find(({ name }) => name === 'agent_os_violations_total');
    expect(violation).toMatchObject({
      exemplar: { labels: { trace_id: ids.traceId, span_id: ids.spanId }, value: 1 },
    });
    const bucket = samples.find(
      ({ name, exemplar }) => name === 'agent_os_execution_duration_seconds_bucket' && exemplar !== undefined,
    );
    expect(bucket).toMatchObject({ labels: { le: '0.5' }, exemplar: { value: 0.3 } });
    expect(samples.find(({ name }) => name === 'of_the_host_total')?.exemplar).toBeUndefined();
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  it('is read the same by a parser that is not ours', () => {
    const verdict = openMetricsByPython(page);
    if (verdict === undefined) {
      if (process.env['CI'] === 'true') throw new Error("Python's prometheus_client is not installed");
      return console.warn(
        "Python's prometheus_client is not installed: the page is read by our own parser alone",
      );
    }
    if ('error' in verdict) throw new Error(verdict.error);
    const key = ({ name, labels, value }: { name: string; labels: object; value: unknown }): string =>
      JSON.stringify([name, labels, Number(value)]);
    const theirs = verdict.samples.filter((sample) => !isCreated(sample));
    expect(theirs.map(key)).toEqual(samples.map(key));
  });
});
