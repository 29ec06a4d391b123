import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { CardinalityLimits } from '../cardinality/cardinality-limits.js';
import type { SeriesIndexListener } from '../cardinality/label-series-index.js';
import { ALL_LABELS } from '../semconv/values.js';
import { attributeEntries, type AttributeEntry } from '../cardinality/attribute-entries.js';
import { OVERFLOW } from '../semconv/values.js';

/** https://opentelemetry.io/docs/specs/otel/metrics/sdk/#overflow-attribute */
const OVERFLOW_SERIES: Attributes = Object.freeze({ 'otel.metric.overflow': true });

/**
 * The series of one instrument of the host, with attributes of any shape: each set is copied, made valid, and kept
 * once, so that changing the caller's object later changes nothing. Caps as for the registry's metrics, for life.
 */
export class AdhocSeries {
  private readonly series = new Map<string, Attributes>();
  private readonly values = new Map<string, Set<AttributeValue>>();

  constructor(
    private readonly metric: string,
    private readonly caps: Required<CardinalityLimits>,
    private readonly listener: SeriesIndexListener,
  ) {}

  get size(): number {
    return this.series.size;
  }

  get limit(): number {
    return this.caps.series;
  }

  /** This instrument's own, frozen attributes for what was given. Never throws. */
  resolve(given: unknown): Attributes {
    const { entries, refused } = attributeEntries(given);
    for (const name of refused) this.listener.invalid(this.metric, name ?? ALL_LABELS, undefined);
    const key = keyOf(entries);
    const known = this.series.get(key);
    if (known !== undefined) return known;
    if (this.series.size >= this.caps.series) {
      this.listener.overflowed(this.metric, ALL_LABELS, this.caps.series);
      return OVERFLOW_SERIES;
    }
    const bounded = entries.map(([name, value]): AttributeEntry => [name, this.bounded(name, value)]);
    const boundedKey = keyOf(bounded);
    return this.series.get(boundedKey) ?? this.insert(boundedKey, Object.freeze(Object.fromEntries(bounded)));
  }

  private insert(key: string, attributes: Attributes): Attributes {
    if (this.series.size >= this.caps.series) {
      this.listener.overflowed(this.metric, ALL_LABELS, this.caps.series);
      return OVERFLOW_SERIES;
    }
    this.series.set(key, attributes);
    return attributes;
  }

  private bounded(name: string, value: AttributeValue): AttributeValue {
    if (typeof value === 'boolean') return value;
    let seen = this.values.get(name);
    if (seen === undefined) {
      seen = new Set();
      this.values.set(name, seen);
    }
    const text = Array.isArray(value) ? JSON.stringify(value) : value;
    if (seen.has(text)) return value;
    if (seen.size >= this.caps.id) {
      this.listener.overflowed(this.metric, name, this.caps.id);
      return OVERFLOW;
    }
    seen.add(text);
    return value;
  }
}

function keyOf(entries: readonly AttributeEntry[]): string {
  return JSON.stringify(entries, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value,
  );
}
