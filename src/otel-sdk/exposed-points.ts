import type { Attributes } from '@opentelemetry/api';
import type {
  DataPoint,
  DataPointType,
  Histogram,
  MetricData,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { SCOPE_NAME } from '../semconv/resource.js';
import type {
  ExposedScope,
  ExposedStream,
  HistogramCells,
  NumberCells,
} from '../exposition/exposed-family.js';
import { HISTOGRAM_RESERVED, NONE_RESERVED } from '../exposition/labels.js';
import { SeriesTexts } from '../exposition/series-texts.js';

/** The values of DataPointType: the package is not loaded for them. */
const HISTOGRAM = 0 as DataPointType.HISTOGRAM;
const EXPONENTIAL_HISTOGRAM = 1 as DataPointType.EXPONENTIAL_HISTOGRAM;
const GAUGE = 2 as DataPointType.GAUGE;
const SUM = 3 as DataPointType.SUM;

/** Of two series of a gauge, the one that was recorded last has more. */
export type RecordingOrder = (attributes: Attributes) => number;

/** What the official SDK collected, as a page reads it. The text formats have no exponential histograms. */
export function exposedPoints({ scopeMetrics }: ResourceMetrics, order: RecordingOrder): ExposedStream[] {
  return scopeMetrics.flatMap(({ scope, metrics }) =>
    metrics.flatMap((metric) => exposed(metric, scope, order) ?? []),
  );
}

function exposed(metric: MetricData, scope: ExposedScope, order: RecordingOrder): ExposedStream | undefined {
  const { name, description, unit } = metric.descriptor;
  const isHistogram = metric.dataPointType === HISTOGRAM;
  const reserved = isHistogram ? HISTOGRAM_RESERVED : NONE_RESERVED;
  const rows = { attributesOf: (row: number) => (metric.dataPoints[row] as DataPoint<unknown>).attributes };
  const registry = scope.name === SCOPE_NAME;
  const about = { name, description, unit, registry, scope, texts: new SeriesTexts(rows, reserved) };
  switch (metric.dataPointType) {
    case HISTOGRAM:
      return { ...about, type: 'histogram', sums: true, cells: new HistogramPoints(metric.dataPoints) };
    case SUM: {
      const type = metric.isMonotonic ? 'counter' : 'gauge';
      return { ...about, type, sums: true, cells: new NumberPoints(metric.dataPoints) };
    }
    case GAUGE:
      return { ...about, type: 'gauge', sums: false, cells: new GaugePoints(metric.dataPoints, order) };
    case EXPONENTIAL_HISTOGRAM:
      return undefined;
  }
}

/** Points, their places as rows; the official SDK gives them no exemplars. */
class Points<T> {
  constructor(private readonly points: readonly DataPoint<T>[]) {}

  rows(): Iterable<number> {
    return this.points.keys();
  }

  startAt(row: number): number {
    const [seconds, nanos] = this.at(row).startTime;
    return seconds * 1e3 + nanos / 1e6;
  }

  exemplarAt(): undefined {
    return undefined;
  }

  protected at(row: number): DataPoint<T> {
    return this.points[row] as DataPoint<T>;
  }
}

class NumberPoints extends Points<number> implements NumberCells {
  valueAt(row: number): number {
    return this.at(row).value;
  }
}

class GaugePoints extends NumberPoints {
  constructor(
    points: readonly DataPoint<number>[],
    private readonly order: RecordingOrder,
  ) {
    super(points);
  }

  orderAt(row: number): number {
    return this.order(this.at(row).attributes);
  }
}

class HistogramPoints extends Points<Histogram> implements HistogramCells {
  /** Of one instrument, so those of one point are those of all. */
  get boundaries(): readonly number[] {
    return this.at(0).value.buckets.boundaries;
  }

  sumAt(row: number): number {
    return this.at(row).value.sum ?? 0;
  }

  countAt(row: number, bucket: number): number {
    return this.at(row).value.buckets.counts[bucket] as number;
  }
}
