import type { Attributes, Context, Meter, MeterProvider, MetricOptions } from '@opentelemetry/api';
import { VERSION } from '../common/version.js';
import { SCOPE_NAME } from '../semconv/resource.js';
import type { MetricKind } from '../semconv/types.js';

/** The series of one instrument, numbered from 0 as they came. */
export interface SeriesIndex {
  /** Rows so far. */
  readonly size: number;
  /** The frozen attributes of a row. */
  attributesOf(row: number): Attributes;
  /** Whether the row stays for the life of the process. */
  isPinned(row: number): boolean;
  /** Forgets rows: their numbers, and what their labels held, are free for others. */
  release(rows: ReadonlySet<number>): void;
}

/** Series a metric of any origin holds, for `agent_os_telemetry_series`. */
export interface SeriesCount {
  readonly metric: string;
  readonly series: number;
  readonly limit: number;
}

/** By this a provider of ours is asked for the registry's meter: a token, since any host can use our scope's name. */
export const REGISTRY_METER = Symbol('registry meter');

/** Kinds of the registry that are recorded, not observed. */
export type RecordedKind = Exclude<MetricKind, 'observableGauge'>;

/** Where the values of one instrument go, by the row of their labels. May throw what the SDK behind it throws. */
export interface RowRecorder {
  /** @param context - whose span the value belongs to; undefined for the active one */
  record(row: number, value: number, context?: Context): void;
}

/** The meter of the registry's instruments: their labels are bounded and numbered already. */
export interface RegistryMeter extends Pick<Meter, 'createObservableGauge'> {
  recorder(kind: RecordedKind, name: string, options: MetricOptions, rows: SeriesIndex): RowRecorder;
}

interface ProviderOfOurs extends MeterProvider {
  [REGISTRY_METER]?: () => RegistryMeter;
}

/** One of ours takes rows as they are; any other is given attributes through the API. */
export function registryMeter(provider: ProviderOfOurs): RegistryMeter {
  return provider[REGISTRY_METER]?.() ?? throughTheApi(provider.getMeter(SCOPE_NAME, VERSION));
}

/** The registry's meter on any meter of OpenTelemetry. */
export function throughTheApi(meter: Meter): RegistryMeter {
  return {
    createObservableGauge: (name, options) => meter.createObservableGauge(name, options),
    recorder(kind, name, options, rows) {
      if (kind === 'histogram') {
        const histogram = meter.createHistogram(name, options);
        return { record: (row, value, context) => histogram.record(value, rows.attributesOf(row), context) };
      }
      const counter =
        kind === 'counter' ? meter.createCounter(name, options) : meter.createUpDownCounter(name, options);
      return { record: (row, value, context) => counter.add(value, rows.attributesOf(row), context) };
    },
  };
}
