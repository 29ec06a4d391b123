import { type MetricOptions, ValueType } from '@opentelemetry/api';
import type { RecordedKind, SeriesIndex } from '../../cardinality/registry-meter.js';
import type { InstrumentKind } from './instrument.js';
import {
  HistogramStorage,
  LastValueStorage,
  type NumberStorage,
  SumStorage,
  type WallClock,
} from './metric-storage.js';
import type { ObservableInstrument } from './observable-instrument.js';

/** One metric of one meter. */
export type MetricStream = RecordedStream | ObservedStream;

/** A metric that is recorded as its values come. */
export type RecordedStream = NumberStream | HistogramStream;

interface NumberStream {
  readonly descriptor: StreamDescriptor;
  readonly rows: SeriesIndex;
  readonly storage: NumberStorage;
}

export interface HistogramStream {
  readonly descriptor: StreamDescriptor;
  readonly rows: SeriesIndex;
  readonly storage: HistogramStorage;
}

/** A metric that is asked for its values at each collection. */
export interface ObservedStream {
  readonly descriptor: StreamDescriptor;
  readonly rows: SeriesIndex;
  readonly observable: ObservableInstrument;
}

/** What an instrument was created with. */
export interface StreamDescriptor {
  readonly name: string;
  readonly kind: InstrumentKind;
  readonly description: string;
  readonly unit: string;
  readonly valueType: ValueType;
}

/** How recorded values are kept. */
export interface RecordingSettings {
  /** Whether counters and histograms keep exemplars. */
  readonly exemplars: boolean;
  readonly now: WallClock;
}

export function isObserved(stream: MetricStream): stream is ObservedStream {
  return 'observable' in stream;
}

export function isGauge({ descriptor: { kind } }: MetricStream): boolean {
  return kind === 'gauge' || kind === 'observableGauge';
}

export function isHistogram(stream: MetricStream): stream is HistogramStream {
  return stream.descriptor.kind === 'histogram';
}

/** The stream of an instrument that is recorded, with empty storage. */
export function recordedStream(
  kind: RecordedKind,
  name: string,
  options: MetricOptions,
  rows: SeriesIndex,
  { exemplars, now }: RecordingSettings,
): RecordedStream {
  const descriptor = describe(kind, name, options);
  if (kind === 'histogram') {
    const boundaries = options.advice?.explicitBucketBoundaries ?? DEFAULT_BOUNDARIES;
    return { descriptor, rows, storage: new HistogramStorage(boundaries, now, exemplars) };
  }
  const storage = kind === 'gauge' ? new LastValueStorage(now) : new SumStorage(now, exemplars ? 1 : 0);
  return { descriptor, rows, storage };
}

export function observedStream(observable: ObservableInstrument, options: MetricOptions): ObservedStream {
  const { kind, name, rows } = observable;
  return { descriptor: describe(kind, name, options), rows, observable };
}

/**
 * Buckets of a histogram that names none.
 * https://opentelemetry.io/docs/specs/otel/metrics/sdk/#explicit-bucket-histogram-aggregation
 */
const DEFAULT_BOUNDARIES = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

function describe(kind: InstrumentKind, name: string, options: MetricOptions): StreamDescriptor {
  const { description = '', unit = '', valueType = ValueType.DOUBLE } = options;
  return { name, kind, description, unit, valueType };
}
