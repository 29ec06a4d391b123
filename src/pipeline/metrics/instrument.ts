import type { Attributes, Context, Counter, Histogram, Meter } from '@opentelemetry/api';
import type { AttributeSeriesIndex } from '../../cardinality/attribute-series-index.js';
import type { RecordedKind, RowRecorder } from '../../cardinality/registry-meter.js';
import type { DropLog } from '../../diagnostics/drop-log.js';

/**
 * An instrument that a host records into. It never throws, keeps nothing of the caller's, bounds the series, and counts
 * what it drops.
 */
export class GuardedInstrument implements Counter, Histogram {
  /** @param integers - cuts the fraction off, as the value type INT asks for */
  constructor(
    private readonly kind: RecordedKind,
    private readonly name: string,
    private readonly integers: boolean,
    private readonly rows: AttributeSeriesIndex,
    private readonly recorder: RowRecorder,
    private readonly drops: DropLog,
  ) {}

  add(value: number, attributes?: Attributes, context?: Context): void {
    this.record(value, attributes, context);
  }

  record(value: number, attributes?: Attributes, context?: Context): void {
    try {
      if (!accepts(this.kind, value, this.integers)) return this.drops.invalidValue(this.name, value);
      const row = this.rows.find(attributes);
      this.recorder.record(row, this.integers ? Math.trunc(value) : value, context);
    } catch (error) {
      this.drops.invalidValue(this.name, error);
    }
  }
}

/** The instruments that are asked for their values at each collection. */
export type ObservableKind = 'observableCounter' | 'observableUpDownCounter' | 'observableGauge';

/** The instruments of OpenTelemetry. */
export type InstrumentKind = RecordedKind | ObservableKind;

/** The instrument that a meter of the API creates of a kind. */
export type InstrumentOf<K extends InstrumentKind> = ReturnType<Meter[Creator<K>]>;

/** The method of a meter that creates a kind. */
export type Creator<K extends InstrumentKind> = `create${Capitalize<K>}`;

export function creatorOf<K extends InstrumentKind>(kind: K): Creator<K> {
  return `create${kind.charAt(0).toUpperCase()}${kind.slice(1)}` as Creator<K>;
}

/**
 * Which values an instrument takes; what it does not take is dropped and counted.
 *
 * @param integers - the instrument has integers, and infinity is not one
 */
export function accepts(kind: InstrumentKind, value: unknown, integers: boolean): value is number {
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
