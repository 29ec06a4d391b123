import type { AggregationTemporality, DataPointType, InstrumentType } from '@opentelemetry/sdk-metrics';
import type { InstrumentKind } from './instrument-kind.js';

/*
 * Enumerations of the stock SDK by value, so that it need not be loaded for them.
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
