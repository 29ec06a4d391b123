import {
  type BatchObservableCallback,
  type Counter,
  createNoopMeter,
  type Gauge,
  type Histogram,
  type Meter,
  type MeterOptions,
  type MeterProvider,
  type MetricOptions,
  type Observable,
  type ObservableCounter,
  type ObservableGauge,
  type ObservableUpDownCounter,
  type UpDownCounter,
  ValueType,
} from '@opentelemetry/api';
import { AttributeSeriesIndex } from '../../cardinality/attribute-series-index.js';
import type { CardinalityLimits } from '../../cardinality/cardinality-limits.js';
import {
  REGISTRY_METER,
  type RecordedKind,
  type RegistryMeter,
  type RowRecorder,
  type SeriesCount,
  type SeriesIndex,
} from '../../cardinality/registry-meter.js';
import { VERSION } from '../../semconv/resource.js';
import { type DropLog, printable } from '../../diagnostics/drop-log.js';
import { SCOPE_NAME } from '../../semconv/resource.js';
import { creatorOf, GuardedInstrument, type InstrumentKind, type InstrumentOf } from './instrument.js';
import { optionsText, usableOptions } from './instrument-options.js';
import { BatchCallback, ObservableInstrument } from './observable-instrument.js';

/** What a meter is told apart by. */
export interface Scope {
  readonly name: string;
  readonly version?: string | undefined;
  readonly schemaUrl?: string | undefined;
}

/** The registry bounds its labels itself. */
const UNBOUNDED: Required<CardinalityLimits> = {
  id: Infinity,
  open: Infinity,
  slug: Infinity,
  series: Infinity,
};

/** A provider that gives the registry its own meter, and a host one for whatever it asks with. Never throws. */
export abstract class CheckedMeterProvider<M extends CheckedMeter> implements MeterProvider {
  private readonly hosts = new Map<string, M>();
  private registry: M | undefined;

  /** @param caps - those of the hosts' own attributes */
  constructor(private readonly caps: Required<CardinalityLimits>) {}

  getMeter(name: string, version?: string, options?: MeterOptions): M {
    // A host's meter that takes our name must not take the place of the registry's on the page.
    const own = name === SCOPE_NAME ? `${SCOPE_NAME}.host` : name;
    const scope: Scope = {
      name: textOf(() => own) ?? '',
      version: textOf(() => version) || undefined,
      schemaUrl: textOf(() => options?.schemaUrl) || undefined,
    };
    const key = JSON.stringify([scope.name, scope.version, scope.schemaUrl]);
    const meter = this.hosts.get(key) ?? this.meter(scope, this.caps);
    this.hosts.set(key, meter);
    return meter;
  }

  [REGISTRY_METER](): RegistryMeter {
    return (this.registry ??= this.meter({ name: SCOPE_NAME, version: VERSION }, UNBOUNDED));
  }

  /** The registry's meter first: on a page its names win. */
  *meters(): Iterable<M> {
    if (this.registry !== undefined) yield this.registry;
    yield* this.hosts.values();
  }

  /** Series of the hosts' own instruments. */
  *seriesCounts(): Iterable<SeriesCount> {
    for (const meter of this.hosts.values()) yield* meter.seriesCounts();
  }

  protected abstract meter(scope: Scope, caps: Required<CardinalityLimits>): M;
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
    private readonly caps: Required<CardinalityLimits>,
    private readonly drops: DropLog,
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

  /** Series of each instrument, without the overflow series. */
  *seriesCounts(): Iterable<SeriesCount> {
    for (const { metric, counted, limit } of this.indexes) yield { metric, series: counted, limit };
  }

  private once<K extends InstrumentKind>(kind: K, name: unknown, given: unknown): InstrumentOf<K> {
    const method = creatorOf(kind);
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
    if (first && given !== undefined) this.warnOfConflict(first, wanted);
    if (same) return same.instrument as InstrumentOf<K>;
    const instrument = this.make(kind, name, options);
    namesakes.push({ ...wanted, instrument });
    return instrument as InstrumentOf<K>;
  }

  private make(kind: InstrumentKind, name: string, options: MetricOptions): GuardedInstrument | Observable {
    const { drops } = this;
    const rows = new AttributeSeriesIndex(name, this.caps, drops);
    this.indexes.push(rows);
    const integers = options.valueType === ValueType.INT;
    switch (kind) {
      case 'observableCounter':
      case 'observableUpDownCounter':
      case 'observableGauge': {
        const observable = new ObservableInstrument(name, kind, rows, drops, integers);
        this.observe(observable, options);
        return observable;
      }
      default: {
        const recorder = this.recorder(kind, name, options, rows);
        return new GuardedInstrument(kind, name, integers, rows, recorder, drops);
      }
    }
  }

  private warnOfConflict(first: Omit<Made, 'instrument'>, second: Omit<Made, 'instrument'>): void {
    const [one, other] = [first, second].map(({ kind, options }) => kind + optionsText(options));
    if (one === other) return;
    const outcome = first.kind === second.kind ? 'the first is used' : 'a page of metrics shows one of them';
    const message = `${first.name}: created as ${one} and as ${other}; ${outcome}.`;
    this.drops.warn(`conflict/${first.name}`, message);
  }
}

function observablesOfOurs(observables: unknown): ObservableInstrument[] {
  return Array.isArray(observables) ? observables.filter((one) => one instanceof ObservableInstrument) : [];
}

/** What is read, where it is text. */
function textOf(read: () => unknown): string | undefined {
  try {
    const value = read();
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
