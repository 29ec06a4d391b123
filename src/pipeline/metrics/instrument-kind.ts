import type { Meter } from '@opentelemetry/api';

/** The instruments of OpenTelemetry. */
export type InstrumentKind =
  | 'counter'
  | 'upDownCounter'
  | 'histogram'
  | 'gauge'
  | 'observableCounter'
  | 'observableUpDownCounter'
  | 'observableGauge';

export type ObservableKind = Extract<InstrumentKind, `observable${string}`>;

/** The instrument that a meter of the API makes of a kind. */
export type InstrumentOf<K extends InstrumentKind> = ReturnType<Meter[`create${Capitalize<K>}`]>;

/**
 * Which values an instrument takes; what it does not take is dropped and counted.
 *
 * @param integers - the instrument has integers, which infinity is none of
 */
export function accepts(kind: InstrumentKind, value: unknown, integers = false): value is number {
  if (typeof value !== 'number') return false;
  switch (kind) {
    case 'gauge':
    case 'observableGauge':
      return !integers || Number.isFinite(value);
    case 'upDownCounter':
    case 'observableUpDownCounter':
      return Number.isFinite(value);
    default:
      return value >= 0 && value < Infinity;
  }
}
