import {
  DataPointType,
  type DataPoint,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { DropLog } from '../../instruments/drop-log.js';
import { SCOPE_NAME } from '../../semconv/resource.js';
import { HISTOGRAM_RESERVED, metricName, NONE_RESERVED } from './names.js';
import { safeAttributes, seriesKey } from './safe-attributes.js';

/**
 * The same metrics in a form that no attribute or name of the host can make Prometheus reject: valid names, one family
 * a name, no two equal series. Series that become equal are added up (sums, histograms) or the last one stays (gauges);
 * a family whose name is taken by one of another type is left out and counted.
 */
export function safeMetrics(metrics: ResourceMetrics, drops: DropLog): ResourceMetrics {
  const families = new Map<string, MetricData>();
  // The registry's names are its own: a host's metric of the same name cannot take their place.
  const isRegistry = ({ scope }: { scope: { name: string } }): boolean => scope.name === SCOPE_NAME;
  const scopes = [...metrics.scopeMetrics].sort((a, b) => Number(isRegistry(b)) - Number(isRegistry(a)));
  for (const { metrics: list } of scopes) {
    for (const metric of list) {
      const family = safeFamily(metric);
      if (family === undefined) continue;
      const { name } = family.descriptor;
      const before = families.get(name);
      if (before === undefined) families.set(name, family);
      else if (sameType(before, family)) families.set(name, joined(before, family));
      else nameConflict(drops, metric, name);
    }
  }
  for (const family of [...families.values()]) {
    for (const part of reservedBy(family)) {
      const intruder = families.get(part);
      if (intruder === undefined) continue;
      nameConflict(drops, intruder, part);
      families.delete(part);
    }
  }
  const scope = { name: '' };
  return {
    resource: { ...metrics.resource, attributes: safeAttributes(metrics.resource.attributes, NONE_RESERVED) },
    scopeMetrics: [{ scope, metrics: [...families.values()] }],
  };
}

function nameConflict(drops: DropLog, metric: MetricData, name: string): void {
  const message = `${metric.descriptor.name}: left out of the exposition; ${name} is already a metric of another type.`;
  drops.dropped('metrics', 'name_conflict', name, message);
}

/** The series names that a histogram takes beside its own, and the SDK's own metadata. */
function reservedBy({ dataPointType, descriptor: { name } }: MetricData): string[] {
  if (name === 'target_info') return [name];
  return dataPointType === DataPointType.HISTOGRAM
    ? ['_bucket', '_sum', '_count'].map((part) => name + part)
    : [];
}

function safeFamily(metric: MetricData): MetricData | undefined {
  if (metric.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) return undefined;
  const isHistogram = metric.dataPointType === DataPointType.HISTOGRAM;
  const isCounter = metric.dataPointType === DataPointType.SUM && metric.isMonotonic;
  const plain = metricName(metric.descriptor.name);
  const name = isCounter && !plain.endsWith('_total') ? metricName(`${plain}_total`) : plain;
  const reserved = isHistogram ? HISTOGRAM_RESERVED : NONE_RESERVED;
  const points = (metric.dataPoints as DataPoint<unknown>[]).map((point) => ({
    ...point,
    attributes: safeAttributes(point.attributes, reserved),
  }));
  return merged({ ...metric, descriptor: { ...metric.descriptor, name }, dataPoints: points } as MetricData);
}

function sameType(a: MetricData, b: MetricData): boolean {
  if (a.dataPointType !== b.dataPointType) return false;
  return a.dataPointType !== DataPointType.SUM || b.dataPointType !== DataPointType.SUM
    ? true
    : a.isMonotonic === b.isMonotonic;
}

function joined(a: MetricData, b: MetricData): MetricData {
  return merged({ ...a, dataPoints: [...a.dataPoints, ...b.dataPoints] } as MetricData);
}

/** One point a series. */
function merged(metric: MetricData): MetricData {
  const series = new Map<string, DataPoint<unknown>>();
  for (const point of metric.dataPoints as DataPoint<unknown>[]) {
    const key = seriesKey(point.attributes as Record<string, string>);
    const before = series.get(key);
    series.set(key, before === undefined ? point : { ...point, value: mergedValue(metric, before, point) });
  }
  return { ...metric, dataPoints: [...series.values()] } as MetricData;
}

function mergedValue(metric: MetricData, a: DataPoint<unknown>, b: DataPoint<unknown>): unknown {
  switch (metric.dataPointType) {
    case DataPointType.SUM:
      return (a.value as number) + (b.value as number);
    case DataPointType.HISTOGRAM:
      return mergedHistogram(a.value as Histogram, b.value as Histogram);
    default:
      return b.value;
  }
}

/** Adds two histograms; where their buckets differ, the second one's counts go to the first bucket that holds them. */
function mergedHistogram(a: Histogram, b: Histogram): Histogram {
  const { boundaries } = a.buckets;
  const counts = [...a.buckets.counts];
  b.buckets.counts.forEach((count, i) => {
    const upper = b.buckets.boundaries[i] ?? Infinity;
    const at = boundaries.findIndex((boundary) => upper <= boundary);
    const slot = at === -1 ? counts.length - 1 : at;
    counts[slot] = (counts[slot] ?? 0) + count;
  });
  return {
    ...a,
    buckets: { boundaries, counts },
    sum: (a.sum ?? 0) + (b.sum ?? 0),
    count: a.count + b.count,
  };
}
