import type { HrTime } from '@opentelemetry/api';
import type { SeriesIndex } from '../../cardinality/registry-meter.js';
import type { Exemplar } from '../../exposition/exposed-family.js';
import type { Scope } from './checked-meter.js';
import type { HistogramStorage, MetricStorage, NumberStorage } from './metric-storage.js';
import type { StreamDescriptor } from './metric-stream.js';
import {
  type DataPoint,
  GAUGE_POINTS,
  type Histogram,
  HISTOGRAM_POINTS,
  INSTRUMENT_TYPES,
  type MetricData,
  type MetricDescriptor,
  type PointExemplar,
  type ScopeMetrics,
  SUM_POINTS,
} from './reader-shapes.js';

// What is collected, in the shapes that readers of the official SDK take.

export function numberMetric(
  descriptor: StreamDescriptor,
  aggregationTemporality: number,
  dataPoints: DataPoint<number>[],
): MetricData {
  const { kind } = descriptor;
  const base = { descriptor: sdkDescriptor(descriptor), aggregationTemporality, dataPoints };
  return kind === 'gauge' || kind === 'observableGauge'
    ? { ...base, dataPointType: GAUGE_POINTS }
    : { ...base, dataPointType: SUM_POINTS, isMonotonic: kind === 'counter' || kind === 'observableCounter' };
}

export function histogramMetric(
  descriptor: StreamDescriptor,
  aggregationTemporality: number,
  dataPoints: DataPoint<Histogram>[],
): MetricData {
  return {
    descriptor: sdkDescriptor(descriptor),
    aggregationTemporality,
    dataPointType: HISTOGRAM_POINTS,
    dataPoints,
  };
}

function sdkDescriptor({ name, kind, description, unit, valueType }: StreamDescriptor): MetricDescriptor {
  return { name, description, unit, valueType, type: INSTRUMENT_TYPES[kind] };
}

export function sdkScope({ name, version, schemaUrl }: Scope): ScopeMetrics['scope'] {
  return { name, ...(version !== undefined && { version }), ...(schemaUrl !== undefined && { schemaUrl }) };
}

/** Points of one stream between two times. */
export interface Interval {
  /** Of a row that was first recorded at the given time, in milliseconds since the epoch. */
  readonly startOf: (firstMillis: number) => HrTime;
  readonly end: HrTime;
}

export function hrTime(millis: number): HrTime {
  const seconds = Math.floor(millis / 1000);
  return [seconds, Math.round((millis - seconds * 1000) * 1e6)];
}

export function numberPoint(
  rows: SeriesIndex,
  storage: NumberStorage,
  row: number,
  interval: Interval,
): DataPoint<number> {
  return {
    attributes: rows.attributesOf(row),
    startTime: interval.startOf(storage.startAt(row)),
    endTime: interval.end,
    value: storage.valueAt(row),
    ...exemplarsOf(storage, row, 1),
  };
}

export function histogramPoint(
  rows: SeriesIndex,
  storage: HistogramStorage,
  row: number,
  interval: Interval,
): DataPoint<Histogram> {
  const { boundaries } = storage;
  const counts = new Array<number>(boundaries.length + 1);
  let count = 0;
  for (let bucket = 0; bucket <= boundaries.length; bucket++) {
    count += counts[bucket] = storage.countAt(row, bucket);
  }
  return {
    attributes: rows.attributesOf(row),
    startTime: interval.startOf(storage.startAt(row)),
    endTime: interval.end,
    value: {
      buckets: { boundaries: [...boundaries], counts },
      count,
      sum: storage.sumAt(row),
      min: storage.minAt(row),
      max: storage.maxAt(row),
    },
    ...exemplarsOf(storage, row, boundaries.length + 1),
  };
}

const NO_ATTRIBUTES = Object.freeze({});

function exemplarsOf(storage: MetricStorage, row: number, slots: number): { exemplars?: PointExemplar[] } {
  const exemplars: PointExemplar[] = [];
  for (let slot = 0; slot < slots; slot++) {
    const kept = storage.exemplarAt(row, slot);
    if (kept !== undefined) exemplars.push(pointExemplar(kept));
  }
  return exemplars.length > 0 ? { exemplars } : {};
}

function pointExemplar({ value, timeMillis, traceId, spanId }: Exemplar): PointExemplar {
  return { value, timestamp: hrTime(timeMillis), traceId, spanId, filteredAttributes: NO_ATTRIBUTES };
}
