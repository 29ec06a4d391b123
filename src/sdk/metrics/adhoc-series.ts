import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { LabelCaps } from '../../cardinality/label-caps.js';
import { ALL_LABELS, type LabelSetsListener } from '../../cardinality/label-sets.js';
import { LABEL_MAX_LENGTH, wellFormed } from '../../cardinality/label-text.js';
import { OVERFLOW } from '../../semconv/values.js';

/** Attributes of one measurement at most; further ones are left out and counted. */
const MAX_ATTRIBUTES = 32;
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
    private readonly caps: Required<LabelCaps>,
    private readonly listener: LabelSetsListener,
  ) {}

  get size(): number {
    return this.series.size;
  }

  get limit(): number {
    return this.caps.series;
  }

  /** This instrument's own, frozen attributes for what was given. Never throws. */
  resolve(given: unknown): Attributes {
    const entries = this.entriesOf(given);
    const key = keyOf(entries);
    const known = this.series.get(key);
    if (known !== undefined) return known;
    if (this.series.size >= this.caps.series) {
      this.listener.overflowed(this.metric, ALL_LABELS, this.caps.series);
      return OVERFLOW_SERIES;
    }
    const bounded = entries.map(([name, value]): [string, AttributeValue] => [
      name,
      this.bounded(name, value),
    ]);
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

  private entriesOf(given: unknown): [string, AttributeValue][] {
    if (given === null || typeof given !== 'object') {
      if (given !== undefined) this.listener.invalid(this.metric, ALL_LABELS, given);
      return [];
    }
    const entries: [string, AttributeValue][] = [];
    let names: string[];
    try {
      names = Object.keys(given);
    } catch {
      this.listener.invalid(this.metric, ALL_LABELS, undefined);
      return [];
    }
    for (const name of names) {
      const value = attributeValue(given, name);
      if (value === undefined || name === '' || entries.length === MAX_ATTRIBUTES) {
        if (value !== ABSENT) this.listener.invalid(this.metric, name, undefined);
      } else if (value !== ABSENT) entries.push([wellFormed(name), value]);
    }
    return entries.sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** Stands for an attribute that is explicitly undefined: left out without a word, as OpenTelemetry does. */
const ABSENT = '\0absent';

function attributeValue(from: object, name: string): AttributeValue | undefined {
  try {
    const value = (from as Record<string, unknown>)[name];
    if (value === undefined) return ABSENT;
    return primitive(value) ?? (Array.isArray(value) ? arrayValue(value) : undefined);
  } catch {
    return undefined;
  }
}

function primitive(value: unknown): string | number | boolean | undefined {
  switch (typeof value) {
    case 'string':
      return wellFormed(value.length > LABEL_MAX_LENGTH ? value.slice(0, LABEL_MAX_LENGTH) : value);
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return String(value).slice(0, LABEL_MAX_LENGTH);
    default:
      return undefined;
  }
}

function arrayValue(values: readonly unknown[]): AttributeValue | undefined {
  const items = values.slice(0, MAX_ATTRIBUTES).map(primitive);
  return items.every((item) => typeof item === typeof items[0] && item !== undefined)
    ? (Object.freeze(items) as AttributeValue)
    : undefined;
}

function keyOf(entries: readonly [string, AttributeValue][]): string {
  return JSON.stringify(entries, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value,
  );
}
