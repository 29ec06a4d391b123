import { readFileSync } from 'node:fs';
import { type Context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { AggregationTemporality, InstrumentType } from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import type { TemporalityPreference } from '../../../src/pipeline/metrics/temporality.js';
import { programs, type Program } from '../../differential/support/program.js';
import {
  cumulative,
  deltaOfMonotonic,
  Instruments,
  TestReader,
  type Temporality,
} from '../../differential/support/subjects.js';
import { fakeClock } from '../../support/clock.js';
import { decodeMetricsRequest, type DecodedMetric, type DecodedPoint } from '../../support/otlp-decode.js';
import { rounds } from '../../support/rounds.js';
import { nativeStore } from '../../support/stores.js';
import { FakeSender, pushTo } from './push-support.js';

fc.configureGlobal({ seed: 20_261_128 }); // the same programs in every run

/** What the official exporter makes of each preference. */
const OFFICIAL: Record<TemporalityPreference, Temporality> = {
  cumulative,
  delta: deltaOfMonotonic,
  lowmemory: (type) =>
    type === InstrumentType.COUNTER || type === InstrumentType.HISTOGRAM
      ? AggregationTemporality.DELTA
      : AggregationTemporality.CUMULATIVE,
};
const PREFERENCES = Object.keys(OFFICIAL) as TemporalityPreference[];

const UNBOUNDED = { id: Infinity, open: Infinity, slug: Infinity, series: Infinity };

const Request = protobuf
  .parse(readFileSync(new URL('../../support/otlp.proto', import.meta.url), 'utf8'))
  .root.lookupType('ExportMetricsServiceRequest');

/** The same message in protobuf: ids are hexadecimal in the protocol's JSON, and base64 in protobuf's. */
function toProtobuf(json: Uint8Array): Uint8Array {
  const message = JSON.parse(Buffer.from(json).toString(), (key, value: unknown) =>
    /^(traceId|spanId)$/.test(key) ? Buffer.from(value as string, 'hex').toString('base64') : value,
  ) as object;
  return Request.encode(Request.fromObject(message)).finish();
}

/** In an order that does not depend on who collected. */
function sorted(metrics: readonly DecodedMetric[]): DecodedMetric[] {
  const key = (of: object): string =>
    JSON.stringify(of, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  const by =
    <T>(keyOf: (one: T) => string) =>
    (a: T, b: T): number =>
      keyOf(a) < keyOf(b) ? -1 : 1;
  return metrics
    .map((metric) => ({
      ...metric,
      points: [...metric.points].sort(by(({ attributes }) => key(attributes))),
    }))
    .sort(by(({ scope, name, kind, monotonic }) => key([scope, name, kind, monotonic])));
}

/** Ours have none: see docs/divergences.md. */
const withoutStartOfGauges = (metric: DecodedMetric): DecodedMetric =>
  metric.kind === 'gauge'
    ? { ...metric, points: metric.points.map((point) => ({ ...point, startNanos: 0n })) }
    : metric;

describe.each(PREFERENCES)('with the preference %s', (temporality) => {
  test('every point that we push equals the one that the official exporter writes for our reader', async () => {
    const compare = async ({ instruments, steps }: Program): Promise<void> => {
      const clock = fakeClock(1_700_000_000_000);
      const reader = new TestReader(OFFICIAL[temporality]);
      const binary = new FakeSender();
      const json = new FakeSender('http/json');
      const stores = [
        nativeStore({ caps: UNBOUNDED, readers: [reader], now: clock.now }),
        ...[binary, json].map((sender) =>
          nativeStore({ caps: UNBOUNDED, push: pushTo(sender, { temporality }), now: clock.now }),
        ),
      ];
      const hosts = stores.map(({ meterProvider }) => new Instruments(meterProvider, instruments));
      for (const step of steps) {
        if (step.do === 'wait') clock.advance(step.millis);
        for (const host of hosts) {
          if (step.do === 'record') host.record(step.instrument, step.value, step.attributes);
          if (step.do === 'report') host.seen.set(step.instrument, step.seen);
        }
        if (step.do !== 'collect') continue;
        const { resourceMetrics } = await reader.collect();
        const official = decodeMetricsRequest(ProtobufMetricsSerializer.serializeRequest(resourceMetrics)!);
        await Promise.all(stores.map((store) => store.forceFlush()));
        const expected = sorted(official.map(withoutStartOfGauges));
        expect(sorted(binary.decoded())).toEqual(expected);
        const fromJson = json.taken.splice(0).flatMap((message) => decodeMetricsRequest(toProtobuf(message)));
        expect(sorted(fromJson)).toEqual(expected);
      }
      await Promise.all(stores.map((store) => store.shutdown()));
    };
    await fc.assert(fc.asyncProperty(programs, compare), { numRuns: rounds(60) });
  });
});

describe('scraped and pushed', () => {
  const clock = fakeClock(1_700_000_000_250);
  const sender = new FakeSender();
  const store = nativeStore({ push: pushTo(sender), now: clock.now });
  const meter = store.meterProvider.getMeter('shop');
  const inSpan = (n: number): Context => {
    const span = { traceId: String(n).padStart(32, '0'), spanId: String(n).padStart(16, '0') };
    return trace.setSpanContext(ROOT_CONTEXT, { ...span, traceFlags: TraceFlags.SAMPLED });
  };
  let lines: string[] = [];
  let points = new Map<string, DecodedPoint>();

  beforeAll(async () => {
    const counter = meter.createCounter('n');
    const sizes = meter.createHistogram('h', { advice: { explicitBucketBoundaries: [1, 10] } });
    counter.add(3, { a: 'x' }, inSpan(1));
    sizes.record(0.5, {}, inSpan(2));
    sizes.record(50, {}, inSpan(3));
    sizes.record(5);
    const page = await store.open({ format: 'openmetrics' });
    let text = '';
    for await (const chunk of page) text += chunk;
    lines = text.split('\n');
    await store.forceFlush();
    points = new Map(sender.decoded().map(({ name, points: [point] }) => [name, point!]));
  });
  afterAll(() => store.shutdown());

  /** A sample's value, and the span, value and time of its exemplar. */
  const sample = (name: string): string[] => {
    const line = lines.find((one) => one.startsWith(name)) as string;
    const [value, exemplar = ''] = line.slice(line.indexOf('} ') + 2).split(' # ');
    const [, traceId, spanId, at] = /trace_id="(\w+)",span_id="(\w+)"\} (.*)/.exec(exemplar) ?? [];
    return traceId === undefined ? [value!] : [value!, traceId, spanId!, at!];
  };
  const exemplars = (name: string): string[][] =>
    points
      .get(name)!
      .exemplars.map(({ value, timeNanos, traceId, spanId }) => [
        traceId!,
        spanId!,
        `${value} ${Number(timeNanos / 1_000_000n) / 1000}`,
      ]);

  test('values are equal, and their exemplars', () => {
    expect(sample('n_total{')).toEqual([String(points.get('n')!.value), ...exemplars('n')[0]!]);
    expect(exemplars('n')).toHaveLength(1);
  });

  test('buckets are equal, and their exemplars', () => {
    const { bucketCounts, bounds, sum, count } = points.get('h')!;
    expect([bounds, bucketCounts, sum, count]).toEqual([[1, 10], [1, 1, 1], 55.5, 3]);
    expect(exemplars('h')).toHaveLength(2);
    expect(
      lines.filter((line) => line.startsWith('h_bucket')).map((line) => sample(line.split('} ')[0]!)),
    ).toEqual([['1', ...exemplars('h')[0]!], ['2'], ['3', ...exemplars('h')[1]!]]);
  });

  test('an exemplar of a span whose ids are none is left out of a push', async () => {
    const counter = meter.createCounter('odd');
    const odd = { traceId: 'zz', spanId: '', traceFlags: TraceFlags.SAMPLED };
    counter.add(1, {}, trace.setSpanContext(ROOT_CONTEXT, odd));
    await store.forceFlush();
    const pushed = sender.decoded().find(({ name }) => name === 'odd');
    expect(pushed?.points).toMatchObject([{ value: 1, exemplars: [] }]);
  });
});
