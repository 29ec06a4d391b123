import type { HrTime } from '@opentelemetry/api';
import {
  AggregationTemporality,
  DataPointType,
  type CollectionResult,
  type Histogram,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import { seriesKey } from './program.js';

/** A collection in a form in which two of them can be compared: keys instead of orders. */
export type Comparable = Record<string, ComparableMetric>;

export interface ComparableMetric {
  readonly description: string;
  readonly unit: string;
  readonly valueType: unknown;
  readonly temporality: string;
  readonly pointType: string;
  readonly monotonic: boolean | undefined;
  readonly points: Record<string, ComparablePoint>;
}

export interface ComparablePoint {
  readonly value: unknown;
  readonly end: HrTime;
  /** Of cumulative points; what deltas begin with is a known divergence. */
  readonly start?: HrTime;
}

/** @param live - whether a series of an observable was reported at this collection */
export function comparable(
  { resourceMetrics, errors }: CollectionResult,
  live: (metric: string, series: string) => boolean = () => true,
): Comparable {
  if (errors.length > 0) throw new Error('a collection failed', { cause: errors[0] });
  const all: Comparable = {};
  for (const { scope, metrics } of resourceMetrics.scopeMetrics) {
    for (const metric of metrics) {
      const key = metricKey(scope, metric);
      if (all[key] !== undefined) throw new Error(`${key} is there twice`);
      const one = comparableMetric(metric, (series) => live(key, series));
      if (Object.keys(one.points).length > 0) all[key] = one;
    }
  }
  return all;
}

export function metricKey(
  { name, version = '', schemaUrl = '' }: { name: string; version?: string; schemaUrl?: string },
  { descriptor }: { descriptor: { name: string } },
): string {
  const { type } = descriptor as { type?: string };
  return [name, version, schemaUrl, descriptor.name, type].join(' | ');
}

function comparableMetric(metric: MetricData, live: (series: string) => boolean): ComparableMetric {
  const { descriptor, aggregationTemporality, dataPointType, dataPoints } = metric;
  const isCumulative = aggregationTemporality === AggregationTemporality.CUMULATIVE;
  const points: Record<string, ComparablePoint> = {};
  for (const { attributes, value, startTime, endTime } of dataPoints) {
    const series = seriesKey(attributes);
    if (points[series] !== undefined) throw new Error(`${descriptor.name}${series} is there twice`);
    if (!live(series)) continue;
    points[series] = { value: rounded(value), end: endTime, ...(isCumulative && { start: startTime }) };
  }
  return {
    description: descriptor.description,
    unit: descriptor.unit,
    valueType: descriptor.valueType,
    temporality: AggregationTemporality[aggregationTemporality],
    pointType: DataPointType[dataPointType],
    monotonic: metric.dataPointType === DataPointType.SUM ? metric.isMonotonic : undefined,
    points,
  };
}

/** Sums of equal numbers in other orders are equal but for their last digits; so are 0 and -0. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return roundedNumber(value);
  const { buckets, count, sum = NaN, min = NaN, max = NaN } = value as Histogram;
  return {
    buckets,
    count,
    sum: roundedNumber(sum),
    min: roundedNumber(min),
    max: roundedNumber(max),
  };
}

function roundedNumber(value: number): number {
  if (!Number.isFinite(value)) return value;
  const digits = Math.abs(value) < 1e-100 ? value : Number(value.toPrecision(9));
  return digits === 0 ? 0 : digits;
}
