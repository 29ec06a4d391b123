import { AggregationTemporality, DataPointType, InstrumentType } from '@opentelemetry/sdk-metrics';
import * as constants from '../../../src/pipeline/metrics/reader-shapes.js';

test("our constants of the official SDK's enumerations have the SDK's values", () => {
  expect([constants.DELTA, constants.CUMULATIVE]).toEqual([
    AggregationTemporality.DELTA,
    AggregationTemporality.CUMULATIVE,
  ]);
  expect([constants.HISTOGRAM_POINTS, constants.GAUGE_POINTS, constants.SUM_POINTS]).toEqual([
    DataPointType.HISTOGRAM,
    DataPointType.GAUGE,
    DataPointType.SUM,
  ]);
  expect(Object.values(constants.INSTRUMENT_TYPES).sort()).toEqual(Object.values(InstrumentType).sort());
  expect(constants.INSTRUMENT_TYPES.observableUpDownCounter).toBe(InstrumentType.OBSERVABLE_UP_DOWN_COUNTER);
});
