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
import { AttributeSeriesIndex } from '../../cardinality/attribute-series-index.js';
import type {
  RecordedKind,
  RegistryMeter,
  RowRecorder,
  SeriesCount,
  SeriesIndex,
} from '../../cardinality/registry-meter.js';
import { printable } from '../../diagnostics/drop-log.js';
import { creatorOf, GuardedInstrument, type InstrumentKind, type InstrumentOf } from './instrument.js';
import { optionsText, usableOptions } from './instrument-options.js';
import type { MeterLimits } from './meter-limits.js';
import { BatchCallback, ObservableInstrument } from './observable-instrument.js';

/** What a meter is told apart by. */
export interface Scope {
  readonly name: string;
  readonly version?: string | undefined;
  readonly schemaUrl?: string | undefined;
}

interface Made {
  readonly kind: InstrumentKind;
  readonly name: string;
  readonly options: MetricOptions;
  readonly instrument: unknown;
}

/**
 * A meter that takes whatever a host creates instruments with: it uses what it can, and warns once of the rest.
 * Instruments of one name and kind are one; it warns once of a name that is created twice in different ways.
 */
export abstract class CheckedMeter implements Meter, RegistryMeter {
  private readonly made = new Map<string, Made[]>();
  private readonly indexes: AttributeSeriesIndex[] = [];
  private readonly batches = new WeakMap<BatchObservableCallback, BatchCallback>();

  constructor(
    readonly scope: Scope,
    private readonly limits: MeterLimits,
  ) {}

  /** Opens an instrument that records by row. */
  abstract recorder(kind: RecordedKind, name: string, options: MetricOptions, rows: SeriesIndex): RowRecorder;
  /** Has an instrument asked for its values at each collection. */
  protected abstract observe(instrument: ObservableInstrument, options: MetricOptions): void;

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
      return this.limits.drops.warn('batch', message);
    }
    const batch = this.batches.get(callback) ?? new BatchCallback(callback);
    this.batches.set(callback, batch);
    for (const one of ours) one.addBatch(batch);
  }

  removeBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    const batch = this.batches.get(callback);
    if (batch) for (const one of observablesOfOurs(observables)) one.removeCallback(batch);
  }

  /** Whether a host has made an instrument of this name. */
  has(name: string): boolean {
    return this.made.has(name.toLowerCase());
  }

  /** Series of each instrument, without the overflow series. */
  *seriesCounts(): Iterable<SeriesCount> {
    for (const { metric, counted, limit } of this.indexes) yield { metric, series: counted, limit };
  }

  private once<K extends InstrumentKind>(kind: K, name: unknown, given: unknown): InstrumentOf<K> {
    const method = creatorOf(kind);
    if (typeof name !== 'string' || name === '') {
      const message = `${method} was given ${printable(name)} for a name, which is no text; the instrument does nothing.`;
      this.limits.drops.warn(method, message);
      return noop(kind);
    }
    // Instrument names are case-insensitive by specification.
    const namesakes = this.made.get(name.toLowerCase()) ?? [];
    const same = namesakes.find((one) => one.kind === kind);
    if (same === undefined && !this.limits.instruments.take(name)) return noop(kind);
    const { options, refused } = usableOptions(given);
    if (refused.length > 0) {
      const message = `${name}: created with ${refused.join(', ')} that cannot be used as given; what can be was.`;
      this.limits.drops.warn(`options/${name}`, message);
    }
    const first = same ?? namesakes[0];
    const wanted = { kind, name, options };
    if (first && given !== undefined) this.warnOfConflict(first, wanted);
    if (same) return same.instrument as InstrumentOf<K>;
    if (!SYNTAX.test(name)) this.warnOfName(name);
    const instrument = this.make(kind, name, options);
    this.made.set(name.toLowerCase(), [...namesakes, { ...wanted, instrument }]);
    return instrument as InstrumentOf<K>;
  }

  private make(kind: InstrumentKind, name: string, options: MetricOptions): GuardedInstrument | Observable {
    const { caps, drops, callbackTimeoutMillis } = this.limits;
    const rows = new AttributeSeriesIndex(name, caps, drops);
    this.indexes.push(rows);
    const integers = options.valueType === ValueType.INT;
    switch (kind) {
      case 'observableCounter':
      case 'observableUpDownCounter':
      case 'observableGauge': {
        const observable = new ObservableInstrument(name, kind, rows, drops, integers, callbackTimeoutMillis);
        this.observe(observable, options);
        return observable;
      }
      default: {
        const recorder = this.recorder(kind, name, options, rows);
        return new GuardedInstrument(kind, name, integers, rows, recorder, drops);
      }
    }
  }

  private warnOfName(name: string): void {
    const message =
      `${printable(name)}: no name for an instrument by the specification, which has up to 255 letters, digits, ` +
      'and "_", ".", "-", "/", the first a letter; it is used as it is.';
    this.limits.drops.warn(`name/${name}`, message);
  }

  private warnOfConflict(first: Omit<Made, 'instrument'>, second: Omit<Made, 'instrument'>): void {
    const [one, other] = [first, second].map(({ kind, options }) => kind + optionsText(options));
    if (one === other) return;
    const outcome = first.kind === second.kind ? 'the first is used' : 'a page of metrics shows one of them';
    const message = `${first.name}: created as ${one} and as ${other}; ${outcome}.`;
    this.limits.drops.warn(`conflict/${first.name}`, message);
  }
}

/** https://opentelemetry.io/docs/specs/otel/metrics/api/#instrument-name-syntax */
const SYNTAX = /^[a-z][a-z0-9_.\-/]{0,254}$/i;

function noop<K extends InstrumentKind>(kind: K): InstrumentOf<K> {
  return createNoopMeter()[creatorOf(kind)]('') as InstrumentOf<K>;
}

function observablesOfOurs(observables: unknown): ObservableInstrument[] {
  return Array.isArray(observables) ? observables.filter((one) => one instanceof ObservableInstrument) : [];
}
