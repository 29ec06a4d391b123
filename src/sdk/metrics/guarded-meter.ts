import type {
  BatchObservableCallback,
  Counter,
  Gauge,
  Histogram,
  Meter,
  MeterOptions,
  MeterProvider,
  MetricOptions,
  Observable,
  ObservableCounter,
  ObservableGauge,
  ObservableUpDownCounter,
  UpDownCounter,
} from '@opentelemetry/api';
import type { LabelCaps } from '../../cardinality/label-caps.js';
import type { DropLog } from '../../instruments/drop-log.js';
import type { SeriesCount } from '../../instruments/telemetry-metrics.js';
import { SCOPE_NAME } from '../../semconv/resource.js';
import { AdhocSeries } from './adhoc-series.js';
import * as guarded from './guarded-instruments.js';
import type { ResolveAttributes } from './guarded-instruments.js';
import { BatchCallback, GuardedObservable } from './guarded-observable.js';
import { LiveSeries, type ObservableKind } from './live-series.js';

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
    const key = JSON.stringify([String(name), version, options?.schemaUrl]);
    let meter = this.meters.get(key);
    if (meter === undefined) {
      meter = new GuardedMeter(
        this.inner.getMeter(name, version, options),
        { name, version, schemaUrl: options?.schemaUrl },
        this.context,
      );
      this.meters.set(key, meter);
    }
    return meter;
  }

  /** Series of the host's own instruments. */
  *seriesCounts(): Iterable<SeriesCount> {
    for (const meter of this.meters.values()) yield* meter.seriesCounts();
  }
}

type Scope = { name: string; version: string | undefined; schemaUrl: string | undefined };
type Create<I> = (name: string, options?: MetricOptions) => I;

class GuardedMeter implements Meter {
  private readonly instruments = new Map<string, unknown>();
  private readonly series: [string, AdhocSeries][] = [];
  private readonly batches = new WeakMap<BatchObservableCallback, BatchCallback>();

  constructor(
    private readonly inner: Meter,
    private readonly scope: Scope,
    private readonly context: GuardContext,
  ) {}

  createCounter = (name: string, options?: MetricOptions): Counter =>
    this.synchronous(
      name,
      options,
      'counter',
      (...args) => this.inner.createCounter(...args),
      guarded.guardCounter,
    );
  createUpDownCounter = (name: string, options?: MetricOptions): UpDownCounter =>
    this.synchronous(
      name,
      options,
      'upDownCounter',
      (...args) => this.inner.createUpDownCounter(...args),
      guarded.guardUpDownCounter,
    );
  createHistogram = (name: string, options?: MetricOptions): Histogram =>
    this.synchronous(
      name,
      options,
      'histogram',
      (...args) => this.inner.createHistogram(...args),
      guarded.guardHistogram,
    );
  createGauge = (name: string, options?: MetricOptions): Gauge =>
    this.synchronous(
      name,
      options,
      'gauge',
      (...args) => this.inner.createGauge(...args),
      guarded.guardGauge,
    );

  createObservableCounter = (name: string, options?: MetricOptions): ObservableCounter =>
    this.observable(name, options, 'counter', (...args) => this.inner.createObservableCounter(...args));
  createObservableUpDownCounter = (name: string, options?: MetricOptions): ObservableUpDownCounter =>
    this.observable(name, options, 'upDownCounter', (...args) =>
      this.inner.createObservableUpDownCounter(...args),
    );
  createObservableGauge = (name: string, options?: MetricOptions): ObservableGauge =>
    this.observable(name, options, 'gauge', (...args) => this.inner.createObservableGauge(...args));

  addBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    const batch = this.batches.get(callback) ?? new BatchCallback(callback);
    this.batches.set(callback, batch);
    for (const one of observables) if (one instanceof GuardedObservable) one.addBatch(batch);
  }

  removeBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    const batch = this.batches.get(callback);
    if (batch === undefined) return;
    for (const one of observables) if (one instanceof GuardedObservable) one.removeCallback(batch);
  }

  *seriesCounts(): Iterable<SeriesCount> {
    for (const [metric, { size, limit }] of this.series) yield { metric, series: size, limit };
  }

  private synchronous<I>(
    name: string,
    options: MetricOptions | undefined,
    kind: string,
    create: Create<I>,
    guard: (name: string, inner: I, resolve: ResolveAttributes, drops: DropLog) => I,
  ): I {
    return this.once(`${kind}:${name}`, () => {
      const inner = create(name, options ?? {});
      // The registry's instruments have bounded and validated already, by their typed wrappers.
      return this.isRegistry ? inner : guard(name, inner, this.resolver(name), this.context.drops);
    });
  }

  private observable(
    name: string,
    options: MetricOptions | undefined,
    kind: ObservableKind,
    create: Create<Observable>,
  ): GuardedObservable {
    return this.once(`observable ${kind}:${name}`, () => {
      const resolve = this.isRegistry ? (given: unknown) => given as never : this.resolver(name);
      const key = LiveSeries.key(this.scope, name, kind);
      const { live, drops } = this.context;
      return new GuardedObservable(name, kind, create(name, options ?? {}), resolve, drops, live, key);
    });
  }

  private get isRegistry(): boolean {
    return this.scope.name === SCOPE_NAME;
  }

  private resolver(name: string): ResolveAttributes {
    const series = new AdhocSeries(name, this.context.caps, this.context.drops);
    this.series.push([name, series]);
    return (given) => series.resolve(given);
  }

  private once<I>(key: string, create: () => I): I {
    const folded = key.toLowerCase(); // instrument names are case-insensitive by specification
    if (!this.instruments.has(folded)) this.instruments.set(folded, create());
    return this.instruments.get(folded) as I;
  }
}
