import type { Attributes, HrTime, ValueType } from '@opentelemetry/api';
import type { InstrumentKind } from './instrument.js';

/*
 * What readers of the official SDK ask for and are given, of its versions 2 and 3. Its enumerations stand here by value.
 */

export const DELTA = 0;
export const CUMULATIVE = 1;

export const HISTOGRAM_POINTS = 0;
export const GAUGE_POINTS = 2;
export const SUM_POINTS = 3;

export const INSTRUMENT_TYPES = {
  counter: 'COUNTER',
  upDownCounter: 'UP_DOWN_COUNTER',
  histogram: 'HISTOGRAM',
  gauge: 'GAUGE',
  observableCounter: 'OBSERVABLE_COUNTER',
  observableUpDownCounter: 'OBSERVABLE_UP_DOWN_COUNTER',
  observableGauge: 'OBSERVABLE_GAUGE',
} as const satisfies Record<InstrumentKind, string>;

/**
 * A reader as a host makes it: it asks its producer for the metrics when it wants to. What it takes is `never` here, for
 * in its own declarations it is enumerations and classes of the version that the host has.
 */
export interface MetricReader {
  /** @param producer - a `MetricProducer` */
  setMetricProducer(producer: never): void;
  /** @param type - one of `INSTRUMENT_TYPES` */
  selectAggregationTemporality(type: never): number;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface MetricProducer {
  /** Never rejects: what a callback threw is in the errors. */
  collect(options?: CollectOptions): Promise<Collection>;
}

export interface CollectOptions {
  readonly timeoutMillis?: number;
}

export interface Collection {
  readonly resourceMetrics: {
    readonly resource: MetricResource;
    readonly scopeMetrics: ScopeMetrics[];
  };
  readonly errors: unknown[];
}

/** What is read of a resource here; a reader is given the whole of it. */
export interface MetricResource {
  readonly attributes: Attributes;
  readonly schemaUrl?: string | undefined;
}

export interface ScopeMetrics {
  readonly scope: { readonly name: string; readonly version?: string; readonly schemaUrl?: string };
  readonly metrics: MetricData[];
}

export type MetricData = {
  readonly descriptor: MetricDescriptor;
  readonly aggregationTemporality: number;
} & (
  | {
      readonly dataPointType: typeof SUM_POINTS;
      readonly isMonotonic: boolean;
      readonly dataPoints: DataPoint<number>[];
    }
  | { readonly dataPointType: typeof GAUGE_POINTS; readonly dataPoints: DataPoint<number>[] }
  | { readonly dataPointType: typeof HISTOGRAM_POINTS; readonly dataPoints: DataPoint<Histogram>[] }
);

export interface MetricDescriptor {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly valueType: ValueType;
  /** Which the official SDK has beside what its declaration names. */
  readonly type: string;
}

export interface DataPoint<T> {
  readonly attributes: Attributes;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly value: T;
  /** As the protocol has them; the official SDK has no place for them. */
  readonly exemplars?: readonly PointExemplar[];
}

export interface Histogram {
  readonly buckets: { readonly boundaries: number[]; readonly counts: number[] };
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export interface PointExemplar {
  readonly value: number;
  readonly timestamp: HrTime;
  readonly traceId: string;
  readonly spanId: string;
  readonly filteredAttributes: Readonly<Record<string, never>>;
}
