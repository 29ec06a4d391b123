import type { InstrumentKind } from './instrument.js';

/** How values are counted that are pushed by OTLP. */
export const TEMPORALITY_PREFERENCES = ['cumulative', 'delta', 'lowmemory'] as const;
export type TemporalityPreference = (typeof TEMPORALITY_PREFERENCES)[number];

/**
 * Whether a kind is sent as what was added since the last push, or as its total.
 *
 * https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/#additional-environment-variable-configuration
 */
export function sendsDeltas(preference: TemporalityPreference, kind: InstrumentKind): boolean {
  switch (kind) {
    case 'counter':
    case 'histogram':
      return preference !== 'cumulative';
    case 'gauge':
    case 'observableCounter':
    case 'observableGauge':
      return preference === 'delta';
    case 'upDownCounter':
    case 'observableUpDownCounter':
      return false; // what goes up and down is of use as a total alone
  }
}
