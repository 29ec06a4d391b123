import type { ValueType } from '@opentelemetry/api';
import type { SeriesIndex } from '../../cardinality/registry-meter.js';
import type { InstrumentKind } from './instrument-kind.js';
import type { ObservableInstrument } from './observable-instrument.js';
import type { HistogramStorage } from './metric-storage.js';
import type { NumberStorage } from './metric-storage.js';

/** What an instrument was created with. */
export interface StreamDescriptor {
  readonly name: string;
  readonly kind: InstrumentKind;
  readonly description: string;
  readonly unit: string;
  readonly valueType: ValueType;
}

/** Numbers that are recorded as they come. */
export interface NumberStream {
  readonly descriptor: StreamDescriptor;
  readonly rows: SeriesIndex;
  readonly storage: NumberStorage;
}

export interface HistogramStream {
  readonly descriptor: StreamDescriptor;
  readonly rows: SeriesIndex;
  readonly storage: HistogramStorage;
}

/** Numbers that are asked for at each collection. */
export interface ObservedStream {
  readonly descriptor: StreamDescriptor;
  readonly rows: SeriesIndex;
  readonly observable: ObservableInstrument<number>;
}

/** One metric of one meter. */
export type MetricStream = NumberStream | HistogramStream | ObservedStream;

export function isObserved(stream: MetricStream): stream is ObservedStream {
  return 'observable' in stream;
}

export function isHistogram(stream: MetricStream): stream is HistogramStream {
  return stream.descriptor.kind === 'histogram';
}
