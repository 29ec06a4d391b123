import type { HrTime } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type {
  AggregationTemporality,
  DataPoint,
  DataPointType,
  Histogram,
  InstrumentType,
  MetricData,
  MetricDescriptor,
} from '@opentelemetry/sdk-metrics';
import type { SeriesIndex } from '../../cardinality/registry-meter.js';
import type { Exemplar } from '../../exposition/exposed-family.js';
import type { Scope } from './checked-meter.js';
import type { InstrumentKind } from './instrument.js';
import type { HistogramStorage, MetricStorage, NumberStorage } from './metric-storage.js';
import type { StreamDescriptor } from './metric-stream.js';

/*
 * What is collected, in the shapes of the official SDK. Its enumerations stand here by value: the SDK is not loaded for
 * them.
 */

export const DELTA = 0 as AggregationTemporality.DELTA;
export const CUMULATIVE = 1 as AggregationTemporality.CUMULATIVE;

export const HISTOGRAM_POINTS = 0 as DataPointType.HISTOGRAM;
export const GAUGE_POINTS = 2 as DataPointType.GAUGE;
export const SUM_POINTS = 3 as DataPointType.SUM;

export const INSTRUMENT_TYPES: Readonly<Record<InstrumentKind, InstrumentType>> = {
  counter: 'COUNTER' as InstrumentType,
  upDownCounter: 'UP_DOWN_COUNTER' as InstrumentType,
  histogram: 'HISTOGRAM' as InstrumentType,
  gauge: 'GAUGE' as InstrumentType,
  observableCounter: 'OBSERVABLE_COUNTER' as InstrumentType,
  observableUpDownCounter: 'OBSERVABLE_UP_DOWN_COUNTER' as InstrumentType,
  observableGauge: 'OBSERVABLE_GAUGE' as InstrumentType,
};

/** A data point as OpenTelemetry's protocol has it: the official SDK's has no place for exemplars. */
export interface PointWithExemplars<T> extends DataPoint<T> {
  readonly exemplars?: readonly PointExemplar[];
}
export interface PointExemplar {
  readonly value: number;
  readonly timestamp: HrTime;
  readonly traceId: string;
  readonly spanId: string;
  readonly filteredAttributes: Readonly<Record<string, never>>;
}

export function numberMetric(
  descriptor: StreamDescriptor,
  aggregationTemporality: AggregationTemporality,
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
  aggregationTemporality: AggregationTemporality,
  dataPoints: DataPoint<Histogram>[],
): MetricData {
  return {
    descriptor: sdkDescriptor(descriptor),
    aggregationTemporality,
    dataPointType: HISTOGRAM_POINTS,
    dataPoints,
  };
}

/** With the instrument's type, which the official SDK has beside what its declaration names. */
function sdkDescriptor({ name, kind, description, unit, valueType }: StreamDescriptor): MetricDescriptor & {
  readonly type: InstrumentType;
} {
  return { name, description, unit, valueType, type: INSTRUMENT_TYPES[kind] };
}

export function sdkScope({ name, version, schemaUrl }: Scope): InstrumentationScope {
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
): PointWithExemplars<number> {
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
): PointWithExemplars<Histogram> {
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
