import type {
  DataPoint,
  DataPointType,
  Histogram,
  MetricData,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { SCOPE_NAME } from '../semconv/resource.js';
import type { ExposedStream, HistogramCells, NumberCells } from '../exposition/exposed-family.js';
import { HISTOGRAM_RESERVED, NONE_RESERVED, SeriesTexts } from '../exposition/labels.js';

/** The values of DataPointType: the package is not loaded for them. */
const HISTOGRAM = 0 as DataPointType.HISTOGRAM;
const EXPONENTIAL_HISTOGRAM = 1 as DataPointType.EXPONENTIAL_HISTOGRAM;
const GAUGE = 2 as DataPointType.GAUGE;
const SUM = 3 as DataPointType.SUM;

/** What the official SDK collected, as a page reads it. The text formats have no exponential histograms. */
export function exposedPoints({ scopeMetrics }: ResourceMetrics): ExposedStream[] {
  return scopeMetrics.flatMap(({ scope, metrics }) =>
    metrics.flatMap((metric) => exposed(metric, scope.name === SCOPE_NAME) ?? []),
  );
}

function exposed(metric: MetricData, registry: boolean): ExposedStream | undefined {
  const { name, description, unit } = metric.descriptor;
  const isHistogram = metric.dataPointType === HISTOGRAM;
  const reserved = isHistogram ? HISTOGRAM_RESERVED : NONE_RESERVED;
  const rows = { attributesOf: (row: number) => (metric.dataPoints[row] as DataPoint<unknown>).attributes };
  const about = { name, description, unit, registry, texts: new SeriesTexts(rows, reserved) };
  switch (metric.dataPointType) {
    case HISTOGRAM:
      return { ...about, type: 'histogram', sums: true, cells: new HistogramPoints(metric.dataPoints) };
    case SUM: {
      const type = metric.isMonotonic ? 'counter' : 'gauge';
      return { ...about, type, sums: true, cells: new NumberPoints(metric.dataPoints) };
    }
    case GAUGE:
      return { ...about, type: 'gauge', sums: false, cells: new NumberPoints(metric.dataPoints) };
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
