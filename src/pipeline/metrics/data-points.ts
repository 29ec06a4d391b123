import type { HrTime } from '@opentelemetry/api';
import type { DataPoint, Histogram } from '@opentelemetry/sdk-metrics';
import type { SeriesIndex } from '../../cardinality/registry-meter.js';
import type { MetricStorage } from './metric-storage.js';
import type { Exemplar } from '../../exposition/exposed-family.js';
import type { HistogramStorage } from './metric-storage.js';
import type { NumberStorage } from './metric-storage.js';

/** A data point as OpenTelemetry's protocol has it: that of the stock SDK has no place for exemplars. */
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

const NO_ATTRIBUTES = Object.freeze({});

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
