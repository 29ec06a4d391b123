import { context, ROOT_CONTEXT, trace, TraceFlags, type Context, type SpanContext } from '@opentelemetry/api';
import { AggregationTemporality, type MetricReader } from '@opentelemetry/sdk-metrics';
import { FamilyNames } from '../../../src/exposition/family-names.js';
import { openMetricsFormat } from '../../../src/exposition/format-writer.js';
import { NONE_RESERVED } from '../../../src/exposition/labels.js';
import { pageOf } from '../../../src/exposition/page-chunks.js';
import { SeriesTexts } from '../../../src/exposition/series-texts.js';
import { HistogramStorage } from '../../../src/pipeline/metrics/metric-storage.js';
import type { DataPoint, PointExemplar } from '../../../src/pipeline/metrics/reader-shapes.js';
import { SumStorage } from '../../../src/pipeline/metrics/metric-storage.js';
import { DropLog } from '../../../src/diagnostics/drop-log.js';
import { delta, TestReader } from '../../differential/support/subjects.js';
import { fakeClock } from '../../support/clock.js';
import { nativeStore } from '../../support/stores.js';
import { withContextManager } from '../../tracing/support.js';

withContextManager();

/** The n-th span of a trace of its own. */
function spanContext(n: number, traceFlags = TraceFlags.SAMPLED): SpanContext {
  return { traceId: String(n).padStart(32, '0'), spanId: String(n).padStart(16, '0'), traceFlags };
}
const inSpan = (n: number, flags?: TraceFlags): Context =>
  trace.setSpanContext(ROOT_CONTEXT, spanContext(n, flags));
/** Runs with the n-th span active. */
const within = (n: number, act: () => void, flags?: TraceFlags): void => context.with(inSpan(n, flags), act);

describe('exemplars on data points', () => {
  const clock = fakeClock(1_700_000_000_250);
  const open = (reader: MetricReader = new TestReader()) => {
    const store = nativeStore({ readers: [reader], now: clock.now });
    const meter = store.meterProvider.getMeter('shop');
    const exemplars = async (name: string): Promise<(readonly PointExemplar[] | undefined)[]> => {
      const { resourceMetrics } = await reader.collect();
      const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
      const points = (metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints ??
        []) as DataPoint<unknown>[];
      return points.map((point) => point.exemplars);
    };
    return { meter, exemplars };
  };

  it('have the active span, the value and the time', async () => {
    const { meter, exemplars } = open();
    const counter = meter.createCounter('n');
    within(7, () => counter.add(3));
    expect(await exemplars('n')).toEqual([
      [
        {
          value: 3,
          timestamp: [1_700_000_000, 250_000_000],
          traceId: spanContext(7).traceId,
          spanId: spanContext(7).spanId,
          filteredAttributes: {},
        },
      ],
    ]);
  });

  it('have the span of the given context rather than the active one', async () => {
    const { meter, exemplars } = open();
    const counter = meter.createCounter('n');
    within(1, () => counter.add(1, {}, inSpan(2)));
    expect(await exemplars('n')).toMatchObject([[{ spanId: spanContext(2).spanId }]]);
    within(3, () => counter.add(1, {}, ROOT_CONTEXT));
    expect(await exemplars('n')).toMatchObject([[{ spanId: spanContext(2).spanId }]]);
  });

  it('do not exist outside of sampled spans', async () => {
    const { meter, exemplars } = open();
    const counter = meter.createCounter('n');
    counter.add(1);
    within(1, () => counter.add(1), TraceFlags.NONE);
    counter.add(1, {}, inSpan(2, TraceFlags.NONE));
    counter.add(1, {}, {} as Context);
    counter.add(1, {}, 'context' as never);
    expect(await exemplars('n')).toEqual([undefined]);
  });

  it('are the last one of each series', async () => {
    const { meter, exemplars } = open();
    const counter = meter.createUpDownCounter('n');
    within(1, () => counter.add(1, { a: 1 }));
    within(2, () => counter.add(-2, { a: 1 }));
    within(3, () => counter.add(3, { a: 2 }));
    counter.add(9, { a: 1 });
    expect(await exemplars('n')).toMatchObject([
      [{ value: -2, spanId: spanContext(2).spanId }],
      [{ value: 3, spanId: spanContext(3).spanId }],
    ]);
  });

  it('are the last one of each bucket of a histogram', async () => {
    const { meter, exemplars } = open();
    const sizes = meter.createHistogram('h', { advice: { explicitBucketBoundaries: [1, 10] } });
    [0.5, 5, 0.75, 100].forEach((value, i) => within(i + 1, () => sizes.record(value)));
    sizes.record(6);
    expect((await exemplars('h'))[0]!.map(({ value, spanId }) => [value, Number(spanId)])).toEqual([
      [0.75, 3],
      [5, 2],
      [100, 4],
    ]);
  });

  it('do not exist on gauges', async () => {
    const { meter, exemplars } = open();
    const gauge = meter.createGauge('g');
    within(1, () => gauge.record(1));
    expect(await exemplars('g')).toEqual([undefined]);
  });

  it('are collected once, with the delta they belong to', async () => {
    const { meter, exemplars } = open(new TestReader(delta));
    const counter = meter.createCounter('n');
    within(1, () => counter.add(1));
    expect(await exemplars('n')).toMatchObject([[{ value: 1 }]]);
    counter.add(1);
    expect(await exemplars('n')).toEqual([undefined]);
    within(2, () => counter.add(2));
    expect(await exemplars('n')).toMatchObject([[{ value: 2 }]]);
  });

  it('are left out of a recording whose span throws, and its value is still counted', async () => {
    const reader = new TestReader(() => AggregationTemporality.CUMULATIVE);
    const { meter } = open(reader);
    const counter = meter.createCounter('n');
    const odd = {
      spanContext: () => {
        throw new Error('no');
      },
    };
    counter.add(4, {}, trace.setSpan(ROOT_CONTEXT, odd as never));
    const { resourceMetrics } = await reader.collect();
    expect(resourceMetrics.scopeMetrics[0]!.metrics[0]!.dataPoints[0]!.value).toBe(4);
  });
});

describe('exemplars in OpenMetrics', () => {
  const clock = fakeClock(1_700_000_000_250);
  const rows = { size: 1, attributesOf: () => ({ a: 'x' }), isPinned: () => false, release: () => {} };
  const page = (stream: object): string => {
    const about = { description: '', unit: '', registry: false, sums: true };
    const exposed = { ...about, texts: new SeriesTexts(rows, NONE_RESERVED), ...stream } as never;
    const drops = new DropLog();
    const parts = { streams: [exposed], resource: {}, names: new FamilyNames(drops), drops };
    return [...pageOf(parts, openMetricsFormat({ created: false }))].join('');
  };
  const exemplar = (n: number) =>
    `# {trace_id="${spanContext(n).traceId}",span_id="${spanContext(n).spanId}"}`;

  it('follow the sample of a counter', () => {
    const cells = new SumStorage(clock.now, 1);
    within(1, () => cells.record(0, 3));
    expect(page({ name: 'n', type: 'counter', cells })).toContain(
      `\nn_total{a="x"} 3 ${exemplar(1)} 3 1700000000.25\n`,
    );
  });

  it('follow the bucket that their value is in', () => {
    const cells = new HistogramStorage([1, 10], clock.now);
    within(1, () => cells.record(0, 0.5));
    within(2, () => cells.record(0, 50));
    const lines = page({ name: 'h', type: 'histogram', cells }).split('\n');
    expect(lines.filter((line) => line.startsWith('h_'))).toEqual([
      `h_bucket{a="x",le="1.0"} 1 ${exemplar(1)} 0.5 1700000000.25`,
      'h_bucket{a="x",le="10.0"} 1',
      `h_bucket{a="x",le="+Inf"} 2 ${exemplar(2)} 50 1700000000.25`,
      'h_sum{a="x"} 50.5',
      'h_count{a="x"} 2',
    ]);
  });

  it('are not written for up-down counters and gauges', () => {
    const cells = new SumStorage(clock.now, 1);
    within(1, () => cells.record(0, 3));
    expect(page({ name: 'u', type: 'gauge', cells })).toContain('\nu{a="x"} 3\n');
  });
});
