import type { Attributes, Context, Meter, MeterProvider, MetricOptions } from '@opentelemetry/api';
import { VERSION } from '../semconv/resource.js';
import { SCOPE_NAME } from '../semconv/resource.js';

/**
 * The series of one instrument by number. A series' number is its row: whatever is kept of the series, as its values or
 * the text of its labels, is kept at that row. The row of a series that was released is the next new one's.
 */
export interface SeriesIndex {
  /** Rows in use. */
  readonly size: number;
  /** The frozen attributes of a row, the same object each time. */
  attributesOf(row: number): Attributes;
  /** Whether the row stays for the life of the process. */
  isPinned(row: number): boolean;
  /** Forgets rows: they, and the places of their labels' values under the limits, are free for other series. */
  release(rows: ReadonlySet<number>): void;
}

/** Series a metric of any origin holds, for `agent_os_telemetry_series`. */
export interface SeriesCount {
  readonly metric: string;
  readonly series: number;
  readonly limit: number;
}

/** The method by which a provider of ours gives the registry's meter. Not our scope's name: any host can use that. */
export const REGISTRY_METER = Symbol('registry meter');

/** Kinds of instruments that are recorded as their values come, not observed. */
export type RecordedKind = 'counter' | 'upDownCounter' | 'histogram' | 'gauge';

/** Records the values of one instrument by row. May throw what the SDK behind it throws. */
export interface RowRecorder {
  /** @param context - whose span the value belongs to; undefined for the active one */
  record(row: number, value: number, context?: Context): void;
}

/** A meter for instruments whose series are bounded and numbered already, as the registry's are. */
export interface RegistryMeter extends Pick<Meter, 'createObservableGauge'> {
  recorder(kind: RecordedKind, name: string, options: MetricOptions, rows: SeriesIndex): RowRecorder;
}

interface ProviderOfOurs extends MeterProvider {
  [REGISTRY_METER]?: () => RegistryMeter;
}

/** The registry's meter of a provider: one of ours records by row, any other is given attributes through the API. */
export function registryMeter(provider: ProviderOfOurs): RegistryMeter {
  return provider[REGISTRY_METER]?.() ?? throughTheApi(provider.getMeter(SCOPE_NAME, VERSION));
}

/** The same on any meter of OpenTelemetry. */
export function throughTheApi(meter: Meter): RegistryMeter {
  return {
    createObservableGauge: (name, options) => meter.createObservableGauge(name, options),
    recorder(kind, name, options, rows) {
      if (kind === 'histogram' || kind === 'gauge') {
        const instrument =
          kind === 'histogram' ? meter.createHistogram(name, options) : meter.createGauge(name, options);
        return { record: (row, value, context) => instrument.record(value, rows.attributesOf(row), context) };
      }
      const counter =
        kind === 'counter' ? meter.createCounter(name, options) : meter.createUpDownCounter(name, options);
      return { record: (row, value, context) => counter.add(value, rows.attributesOf(row), context) };
    },
  };
}
