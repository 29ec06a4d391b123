import type {
  Attributes,
  Context,
  Counter,
  Histogram,
  Meter,
  MeterProvider,
  MetricOptions,
  Observable,
} from '@opentelemetry/api';
import type { CardinalityLimits } from '../cardinality/cardinality-limits.js';
import { type RegistryMeter, throughTheApi } from '../cardinality/registry-meter.js';
import type { DropLog } from '../diagnostics/drop-log.js';
import type { SeriesCount } from '../cardinality/registry-meter.js';
import { CheckedMeterProvider, type Scope } from '../pipeline/metrics/checked-meter-provider.js';
import { CheckedMeter, type Recording } from '../pipeline/metrics/checked-meter.js';
import { accepts, type InstrumentKind, type ObservableKind } from '../pipeline/metrics/instrument-kind.js';
import { ObservableInstrument } from '../pipeline/metrics/observable-instrument.js';
import { AdhocSeries } from './adhoc-series.js';
import { LiveSeries } from './live-series.js';

/** What the stock instruments have in common: they take a value by one method or the other. */
export type Taking = (value: number, attributes: Attributes, context?: Context) => void;

/** A stock instrument that never throws and keeps nothing of the caller's. */
export class GuardedInstrument implements Counter, Histogram {
  constructor(
    private readonly kind: InstrumentKind,
    private readonly name: string,
    private readonly inner: Taking,
    private readonly seriesOf: (given: unknown) => Attributes,
    private readonly drops: DropLog,
  ) {}

  add(value: number, attributes?: Attributes, context?: Context): void {
    this.record(value, attributes, context);
  }

  record(value: number, attributes?: Attributes, context?: Context): void {
    try {
      if (accepts(this.kind, value)) this.inner(value, this.seriesOf(attributes), context);
      else this.drops.invalidValue(this.name, value);
    } catch (error) {
      this.drops.invalidValue(this.name, error);
    }
  }
}

/** What all guarded meters of one provider share. */
export interface GuardContext {
  readonly caps: Required<CardinalityLimits>;
  readonly drops: DropLog;
  readonly live: LiveSeries;
}

/** The stock MeterProvider made safe: what it hands out never throws, keeps no caller's object, and is bounded. */
export class GuardedMeterProvider extends CheckedMeterProvider<GuardedMeter> {
  private registry: RegistryMeter | undefined;

  constructor(
    private readonly inner: MeterProvider,
    private readonly context: GuardContext,
  ) {
    super();
  }

  /** Series of the host's own instruments. */
  *seriesCounts(): Iterable<SeriesCount> {
    for (const meter of this.hostMeters()) yield* meter.seriesCounts();
  }

  protected override hostMeter(scope: Scope): GuardedMeter {
    return this.meter(scope, true);
  }

  protected override registryMeter(scope: Scope): RegistryMeter {
    return (this.registry ??= throughTheApi(this.meter(scope, false)));
  }

  private meter(scope: Scope, bounded: boolean): GuardedMeter {
    const { name, version, schemaUrl } = scope;
    const inner = this.inner.getMeter(name, version, schemaUrl === undefined ? {} : { schemaUrl });
    return new GuardedMeter(inner, scope, bounded, this.context);
  }
}

class GuardedMeter extends CheckedMeter {
  private readonly series: [string, AdhocSeries][] = [];

  constructor(
    private readonly inner: Meter,
    private readonly scope: Scope,
    private readonly bounded: boolean,
    private readonly context: GuardContext,
  ) {
    super(context.drops);
  }

  *seriesCounts(): Iterable<SeriesCount> {
    for (const [metric, { size, limit }] of this.series) yield { metric, series: size, limit };
  }

  protected override make(
    kind: InstrumentKind,
    name: string,
    options: MetricOptions,
  ): Recording | Observable {
    const { inner } = this;
    switch (kind) {
      case 'counter':
        return this.guarded(
          kind,
          name,
          (counter) => counter.add.bind(counter),
          inner.createCounter(name, options),
        );
      case 'upDownCounter':
        return this.guarded(kind, name, (it) => it.add.bind(it), inner.createUpDownCounter(name, options));
      case 'histogram':
        return this.guarded(kind, name, (it) => it.record.bind(it), inner.createHistogram(name, options));
      case 'gauge':
        return this.guarded(kind, name, (it) => it.record.bind(it), inner.createGauge(name, options));
      case 'observableCounter':
        return this.observable('observableCounter', name, inner.createObservableCounter(name, options));
      case 'observableUpDownCounter':
        return this.observable(
          'observableUpDownCounter',
          name,
          inner.createObservableUpDownCounter(name, options),
        );
      case 'observableGauge':
        return this.observable('observableGauge', name, inner.createObservableGauge(name, options));
    }
  }

  /** The registry's series are bounded by their typed wrappers. */
  private seriesOf(name: string): (given: unknown) => Attributes {
    if (!this.bounded) return (given) => given as Attributes;
    const series = new AdhocSeries(name, this.context.caps, this.context.drops);
    this.series.push([name, series]);
    return (given) => series.resolve(given);
  }

  private guarded<I>(
    kind: InstrumentKind,
    name: string,
    taking: (inner: I) => Taking,
    inner: I,
  ): GuardedInstrument {
    return new GuardedInstrument(kind, name, taking(inner), this.seriesOf(name), this.drops);
  }

  private observable(kind: ObservableKind, name: string, inner: Observable): Observable {
    const { live } = this.context;
    const key = LiveSeries.key(this.scope, name, kind);
    const instrument = new ObservableInstrument(name, kind, this.seriesOf(name), this.drops, false); // the SDK cuts
    live.watch(key);
    inner.addCallback(async (result) => {
      let seen: ReadonlyMap<Attributes, number> = new Map();
      try {
        seen = await instrument.observe();
        for (const [series, value] of seen) result.observe(value, series);
      } finally {
        live.reported(key, new Set(seen.keys()));
      }
    });
    return instrument;
  }
}
