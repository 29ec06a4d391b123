import {
  type BatchObservableCallback,
  type Counter,
  createNoopMeter,
  type Gauge,
  type Histogram,
  type Meter,
  type MetricOptions,
  type Observable,
  type ObservableCounter,
  type ObservableGauge,
  type ObservableUpDownCounter,
  type UpDownCounter,
  ValueType,
} from '@opentelemetry/api';
import { type DropLog, printable } from '../../diagnostics/drop-log.js';
import type { InstrumentKind, InstrumentOf } from './instrument-kind.js';
import { BatchCallback, ObservableInstrument } from './observable-instrument.js';

/** Creation options of a host, of which only what can be used is taken; `refused` names the rest. Never throws. */
export function usableOptions(given: unknown): { options: MetricOptions; refused: string[] } {
  const refused: string[] = [];
  const take = <T>(from: unknown, name: string, usable: (value: unknown) => T | undefined): T | undefined => {
    try {
      const value = (from as Record<string, unknown> | null | undefined)?.[name] ?? undefined;
      const taken = value === undefined ? undefined : usable(value);
      if (Array.isArray(taken) ? String(taken) !== String(value) : taken !== value) refused.push(name);
      return taken;
    } catch {
      refused.push(name);
      return undefined;
    }
  };
  if (!isObject(given) && given !== undefined && given !== null) refused.push('options');
  const description = take(given, 'description', text);
  const unit = take(given, 'unit', text);
  const valueType = take(given, 'valueType', (value) => VALUE_TYPES.find((type) => type === value));
  const advice = take(given, 'advice', (value) => (isObject(value) ? value : undefined));
  const explicitBucketBoundaries = take(advice, 'explicitBucketBoundaries', ascending);
  return {
    options: {
      ...(description !== undefined && { description }),
      ...(unit !== undefined && { unit }),
      ...(valueType !== undefined && { valueType }),
      ...(explicitBucketBoundaries && { advice: { explicitBucketBoundaries } }),
    },
    refused,
  };
}

const VALUE_TYPES = [ValueType.INT, ValueType.DOUBLE];

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Bounds as a histogram needs them: finite, distinct, ascending. */
function ascending(bounds: unknown): number[] | undefined {
  if (!Array.isArray(bounds)) return undefined;
  const numbers: unknown[] = [...new Set(bounds as unknown[])];
  if (!numbers.every((bound) => typeof bound === 'number' && !Number.isNaN(bound))) return undefined;
  return (numbers as number[]).filter(Number.isFinite).sort((a, b) => a - b);
}

/** What takes values by `add` or `record`, as its kind has it. */
export type Recording = Counter & Histogram;

interface Made {
  readonly kind: InstrumentKind;
  readonly name: string;
  readonly options: MetricOptions;
  readonly instrument: unknown;
}

/**
 * A meter that takes whatever a host creates instruments with: what can be used is, the rest is said once. Instruments
 * of one name and kind are one; a name that is made twice in different ways is said once.
 */
export abstract class CheckedMeter implements Meter {
  private readonly made = new Map<string, Made[]>();
  private readonly batches = new WeakMap<BatchObservableCallback, BatchCallback>();

  constructor(protected readonly drops: DropLog) {}

  protected abstract make(kind: InstrumentKind, name: string, options: MetricOptions): Recording | Observable;

  createCounter = (name: string, options?: MetricOptions): Counter => this.once('counter', name, options);
  createUpDownCounter = (name: string, options?: MetricOptions): UpDownCounter =>
    this.once('upDownCounter', name, options);
  createHistogram = (name: string, options?: MetricOptions): Histogram =>
    this.once('histogram', name, options);
  createGauge = (name: string, options?: MetricOptions): Gauge => this.once('gauge', name, options);
  createObservableCounter = (name: string, options?: MetricOptions): ObservableCounter =>
    this.once('observableCounter', name, options);
  createObservableUpDownCounter = (name: string, options?: MetricOptions): ObservableUpDownCounter =>
    this.once('observableUpDownCounter', name, options);
  createObservableGauge = (name: string, options?: MetricOptions): ObservableGauge =>
    this.once('observableGauge', name, options);

  addBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    const ours = observablesOfOurs(observables);
    if (typeof callback !== 'function' || ours.length === 0) {
      const message = 'a batch callback without a function or without instruments of ours is never asked.';
      return this.drops.warn('batch', message);
    }
    const batch = this.batches.get(callback) ?? new BatchCallback(callback);
    this.batches.set(callback, batch);
    for (const one of ours) one.addBatch(batch);
  }

  removeBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    const batch = this.batches.get(callback);
    if (batch) for (const one of observablesOfOurs(observables)) one.removeCallback(batch);
  }

  private once<K extends InstrumentKind>(kind: K, name: unknown, given: unknown): InstrumentOf<K> {
    const method = `create${kind.charAt(0).toUpperCase()}${kind.slice(1)}` as `create${Capitalize<K>}`;
    if (typeof name !== 'string' || name === '') {
      const message = `${method} was given ${printable(name)} for a name, which is no text; the instrument does nothing.`;
      this.drops.warn(method, message);
      return createNoopMeter()[method]('') as InstrumentOf<K>;
    }
    const { options, refused } = usableOptions(given);
    if (refused.length > 0) {
      const message = `${name}: created with ${refused.join(', ')} that cannot be used as given; what can be was.`;
      this.drops.warn(`options/${name}`, message);
    }
    const key = name.toLowerCase(); // instrument names are case-insensitive by specification
    const namesakes = this.made.get(key) ?? [];
    this.made.set(key, namesakes);
    const same = namesakes.find((one) => one.kind === kind);
    const first = same ?? namesakes[0];
    const wanted = { kind, name, options };
    if (first && given !== undefined && described(first) !== described(wanted))
      this.sayConflict(first, wanted);
    if (same) return same.instrument as InstrumentOf<K>;
    const instrument = this.make(kind, name, options);
    namesakes.push({ ...wanted, instrument });
    return instrument as InstrumentOf<K>;
  }

  private sayConflict(first: Omit<Made, 'instrument'>, second: Omit<Made, 'instrument'>): void {
    const both = `as ${described(first)} and as ${described(second)}`;
    const outcome = first.kind === second.kind ? 'the first is used' : 'a page of metrics shows one of them';
    this.drops.warn(`conflict/${first.name}`, `${first.name}: created ${both}; ${outcome}.`);
  }
}

/** What tells two instruments of one name apart. */
function described({ kind, options }: Omit<Made, 'instrument'>): string {
  const { description = '', unit = '', valueType, advice } = options;
  const values = valueType === ValueType.INT ? ' of integers' : '';
  const bounds = advice?.explicitBucketBoundaries;
  const buckets = bounds ? ` with the buckets ${bounds.join(' ')}` : '';
  return `${kind}${values} of unit "${unit}"${buckets}, "${description}"`;
}

function observablesOfOurs(observables: unknown): ObservableInstrument<unknown>[] {
  return Array.isArray(observables) ? observables.filter((one) => one instanceof ObservableInstrument) : [];
}
