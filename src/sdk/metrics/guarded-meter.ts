import {
  createNoopMeter,
  type BatchObservableCallback,
  type Counter,
  type Gauge,
  type Histogram,
  type Meter,
  type MeterOptions,
  type MetricOptions,
  type MeterProvider,
  type Observable,
  type ObservableCounter,
  type ObservableGauge,
  type ObservableUpDownCounter,
  type UpDownCounter,
} from '@opentelemetry/api';
import type { LabelCaps } from '../../cardinality/label-caps.js';
import { printable, type DropLog } from '../../instruments/drop-log.js';
import { REGISTRY_METER, throughTheApi, type RegistryMeter } from '../../instruments/registry-meter.js';
import type { SeriesCount } from '../../instruments/telemetry-metrics.js';
import { SCOPE_NAME } from '../../semconv/resource.js';
import { VERSION } from '../../version.js';
import { AdhocSeries } from './adhoc-series.js';
import * as guarded from './guarded-instruments.js';
import { BatchCallback, GuardedObservable } from './guarded-observable.js';
import { usableOptions } from './instrument-options.js';
import { LiveSeries, type ObservableKind, type Scope } from './live-series.js';

/** What all guarded meters of one provider share. */
export interface GuardContext {
  readonly caps: Required<LabelCaps>;
  readonly drops: DropLog;
  readonly live: LiveSeries;
}

/** The stock MeterProvider made safe: what it hands out never throws, keeps no caller's object, and is bounded. */
export class GuardedMeterProvider implements MeterProvider {
  private readonly meters = new Map<string, GuardedMeter>();

  constructor(
    private readonly inner: MeterProvider,
    private readonly context: GuardContext,
  ) {}

  getMeter(name: string, version?: string, options?: MeterOptions): Meter {
    // A host's meter that takes our name must not take the place of the registry's on the page.
    const own = name === SCOPE_NAME ? `${SCOPE_NAME}.host` : name;
    const schemaUrl = textOf(() => options?.schemaUrl);
    return this.meter({ name: textOf(() => own) ?? '', version: textOf(() => version), schemaUrl }, true);
  }

  /** The registry's instruments have bounded and validated already, by their typed wrappers. */
  [REGISTRY_METER](): RegistryMeter {
    return throughTheApi(this.meter({ name: SCOPE_NAME, version: VERSION }, false));
  }

  /** Series of the host's own instruments. */
  *seriesCounts(): Iterable<SeriesCount> {
    for (const meter of this.meters.values()) yield* meter.seriesCounts();
  }

  private meter(scope: Scope, bounded: boolean): Meter {
    const { name, version, schemaUrl } = scope;
    const key = JSON.stringify([name, version, schemaUrl]);
    let meter = this.meters.get(key);
    if (meter === undefined) {
      const inner = this.inner.getMeter(name, version, schemaUrl === undefined ? {} : { schemaUrl });
      meter = new GuardedMeter(inner, scope, bounded, this.context);
      this.meters.set(key, meter);
    }
    return meter;
  }
}

type Create = Exclude<keyof Meter, `${string}BatchObservableCallback`>;

class GuardedMeter implements Meter {
  private readonly instruments = new Map<string, unknown>();
  private readonly series: [string, AdhocSeries][] = [];
  private readonly batches = new WeakMap<BatchObservableCallback, BatchCallback>();

  constructor(
    private readonly inner: Meter,
    private readonly scope: Scope,
    private readonly bounded: boolean,
    private readonly context: GuardContext,
  ) {}

  createCounter = (name: string, options?: MetricOptions): Counter =>
    this.synchronous('createCounter', name, options, guarded.guardCounter);
  createUpDownCounter = (name: string, options?: MetricOptions): UpDownCounter =>
    this.synchronous('createUpDownCounter', name, options, guarded.guardUpDownCounter);
  createHistogram = (name: string, options?: MetricOptions): Histogram =>
    this.synchronous('createHistogram', name, options, guarded.guardHistogram);
  createGauge = (name: string, options?: MetricOptions): Gauge =>
    this.synchronous('createGauge', name, options, guarded.guardGauge);

  createObservableCounter = (name: string, options?: MetricOptions): ObservableCounter =>
    this.observable('createObservableCounter', name, options, 'counter');
  createObservableUpDownCounter = (name: string, options?: MetricOptions): ObservableUpDownCounter =>
    this.observable('createObservableUpDownCounter', name, options, 'upDownCounter');
  createObservableGauge = (name: string, options?: MetricOptions): ObservableGauge =>
    this.observable('createObservableGauge', name, options, 'gauge');

  addBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    const ours = guardedOf(observables);
    if (typeof callback !== 'function' || ours.length === 0) {
      const message = 'a batch callback without a function or without instruments of ours is never asked.';
      return this.context.drops.warn('batch', message);
    }
    const batch = this.batches.get(callback) ?? new BatchCallback(callback);
    this.batches.set(callback, batch);
    for (const one of ours) one.addBatch(batch);
  }

  removeBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    const batch = this.batches.get(callback);
    if (batch) for (const one of guardedOf(observables)) one.removeCallback(batch);
  }

  *seriesCounts(): Iterable<SeriesCount> {
    for (const [metric, { size, limit }] of this.series) yield { metric, series: size, limit };
  }

  private synchronous<C extends Create>(
    method: C,
    name: string,
    options: unknown,
    guard: guarded.Wrap<ReturnType<Meter[C]>>,
  ): ReturnType<Meter[C]> {
    return this.once(method, name, options, (inner) =>
      this.bounded ? guard(name, inner, this.resolver(name), this.context.drops) : inner,
    );
  }

  private observable<C extends Create>(
    method: C,
    name: string,
    options: unknown,
    kind: ObservableKind,
  ): ReturnType<Meter[C]> | Observable {
    return this.once<C, ReturnType<Meter[C]> | Observable>(method, name, options, (inner) => {
      const resolve = this.bounded ? this.resolver(name) : (given: unknown) => given as never;
      const key = LiveSeries.key(this.scope, name, kind);
      const { live, drops } = this.context;
      return new GuardedObservable(name, kind, inner as Observable, resolve, drops, live, key);
    });
  }

  private resolver(name: string): guarded.ResolveAttributes {
    const series = new AdhocSeries(name, this.context.caps, this.context.drops);
    this.series.push([name, series]);
    return (given) => series.resolve(given);
  }

  /** One instrument a name and kind; what it is created with may be anything. */
  private once<C extends Create, I>(
    method: C,
    name: unknown,
    given: unknown,
    guard: (inner: ReturnType<Meter[C]>) => I,
  ): I | ReturnType<Meter[C]> {
    type Inner = ReturnType<Meter[C]>;
    if (typeof name !== 'string' || name === '') {
      const message = `${method} was given ${printable(name)} for a name, which is no text; the instrument does nothing.`;
      this.context.drops.warn(method, message);
      return createNoopMeter()[method]('') as Inner;
    }
    const key = `${method} ${name}`.toLowerCase(); // instrument names are case-insensitive by specification
    if (!this.instruments.has(key)) {
      const { options, refused } = usableOptions(given);
      if (refused.length > 0) {
        const message = `${name}: created with ${refused.join(', ')} that cannot be used as given; what can be was.`;
        this.context.drops.warn(`options/${name}`, message);
      }
      this.instruments.set(key, guard(this.inner[method](name, options) as Inner));
    }
    return this.instruments.get(key) as I;
  }
}

function guardedOf(observables: unknown): GuardedObservable[] {
  return Array.isArray(observables) ? observables.filter((one) => one instanceof GuardedObservable) : [];
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
