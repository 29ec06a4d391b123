import { createNoopMeter, metrics, type MeterProvider, type MetricOptions } from '@opentelemetry/api';
import { LabelSeriesIndex } from '../cardinality/label-series-index.js';
import { type CardinalityLimits, resolvedLimits } from '../cardinality/cardinality-limits.js';
import { monotonicClock, reliableClock, type Clock } from '../common/clock.js';
import {
  definitionOf,
  instrumentName,
  type MetricLabels,
  type MetricName,
  type MetricNameOfKind,
} from '../semconv/metrics.js';
import type { MetricKind } from '../semconv/types.js';
import { DropLog } from '../diagnostics/drop-log.js';
import { GLOBAL_EVENTS, type GovernanceEvents } from '../events/governance-events.js';
import { type RecordedKind, registryMeter, type RegistryMeter } from '../cardinality/registry-meter.js';
import { globalMeterProvider, isNoopMeterProvider, LateBinding } from './late-binding.js';
import { SOURCE_TIMEOUT_MS, TypedGauge } from './typed-gauge.js';
import { TypedCounter, TypedHistogram } from './typed-instruments.js';

/** What the metric classes take; all of it is optional. */
export interface InstrumentOptions {
  /**
   * Where to record. Any OpenTelemetry MeterProvider will do.
   * @defaultValue the globally registered one, also when it is registered later
   */
  readonly meterProvider?: MeterProvider;
  /** Caps on label values, for the life of the process. The first construction on a provider decides; others are said. */
  readonly cardinalityLimits?: CardinalityLimits;
  /** @deprecated The old name of `cardinalityLimits`. */
  readonly labelCaps?: CardinalityLimits;
  /**
   * Clock of durations, windows and uptime.
   * @defaultValue performance.now
   */
  readonly clock?: Clock;
}

/**
 * The registry's instruments on one MeterProvider, each created once: a second KernelMetrics on the same provider
 * records into the same series, under the same caps. It stands wherever options may: metric classes made of it record
 * into it.
 *
 * @internal
 */
export class Instruments implements InstrumentOptions {
  private static readonly byProvider = new WeakMap<MeterProvider, Instruments>();
  /** What records nothing so far, for want of an SDK. */
  private static readonly waiting = new Set<LateBinding<Instruments>>();

  private readonly meter: RegistryMeter;
  private readonly indexes = new Map<MetricName, LabelSeriesIndex>();
  private readonly created = new Map<MetricName, unknown>();
  private readonly common = new Map<string, unknown>();
  private emitter: GovernanceEvents = GLOBAL_EVENTS;
  /** Of a provider that records nothing: the instruments of the one that is registered later. */
  private readonly late: LateBinding<Instruments> | undefined;

  private constructor(
    provider: MeterProvider,
    private readonly caps: CardinalityLimits | undefined,
    readonly clock: Clock,
    private losses: DropLog,
    private readonly sourceTimeoutMillis: number,
  ) {
    this.late = isNoopMeterProvider(provider) ? this.waitForAnother(provider) : undefined;
    this.meter = this.late ? Instruments.lateMeter(this.late) : registryMeter(provider);
  }

  /** The instruments of the provider in `options`; an Instruments passes through. */
  static of(
    options: (InstrumentOptions & { drops?: DropLog; sourceTimeoutMillis?: number }) | Instruments = {},
  ): Instruments {
    if (options instanceof Instruments) return options;
    const given = options.meterProvider ?? metrics.getMeterProvider();
    const provider = isNoopMeterProvider(given) ? (globalMeterProvider() ?? given) : given;
    const before = Instruments.byProvider.get(provider);
    const drops = before?.drops ?? options.drops ?? new DropLog();
    const limits = givenLimits(options, drops);
    if (before !== undefined) {
      before.sayUnlessEqual(limits);
      return before;
    }
    const made = new Instruments(
      provider,
      limits,
      reliableClock(options.clock),
      drops,
      Math.min(SOURCE_TIMEOUT_MS, options.sourceTimeoutMillis ?? SOURCE_TIMEOUT_MS),
    );
    Instruments.byProvider.set(provider, made);
    return made;
  }

  /** Has what was made before there was an SDK record into the MeterProvider that is registered by now. */
  static bindLate(): void {
    for (const late of Instruments.waiting) late.bound();
  }

  /** Where losses are counted. */
  get drops(): DropLog {
    return this.losses;
  }

  /** Where what is recorded is an event as well. */
  get events(): GovernanceEvents {
    return this.late?.bound()?.events ?? this.emitter;
  }

  /** Has what is recorded be events of a handle, until it is taken back. */
  emitInto(events: GovernanceEvents): () => void {
    this.emitter = events;
    return () => {
      if (this.emitter === events) this.emitter = GLOBAL_EVENTS;
    };
  }

  counter<N extends MetricNameOfKind<'counter'>>(name: N): TypedCounter<N> {
    return this.once(
      name,
      (of) => of.counter(name),
      (options) => {
        const index = this.indexOf(name);
        const recorder = this.meter.recorder('counter', this.nameOf(name), options, index);
        return initialSeries(name, new TypedCounter(name, recorder, index, this.drops), index);
      },
    );
  }

  upDownCounter<N extends MetricNameOfKind<'upDownCounter'>>(name: N): TypedCounter<N> {
    return this.once(
      name,
      (of) => of.upDownCounter(name),
      (options) => {
        const index = this.indexOf(name);
        const recorder = this.meter.recorder('upDownCounter', this.nameOf(name), options, index);
        return initialSeries(name, new TypedCounter(name, recorder, index, this.drops, true), index);
      },
    );
  }

  histogram<N extends MetricNameOfKind<'histogram'>>(name: N): TypedHistogram<N> {
    return this.once(
      name,
      (of) => of.histogram(name),
      (options) => {
        const index = this.indexOf(name);
        const recorder = this.meter.recorder('histogram', this.nameOf(name), options, index);
        return new TypedHistogram(name, recorder, index, this.drops);
      },
    );
  }

  gauge<N extends MetricNameOfKind<'observableGauge'>>(name: N): TypedGauge<N> {
    return this.once(
      name,
      (of) => of.gauge(name),
      (options) => {
        const made = this.meter.createObservableGauge(this.nameOf(name), options);
        return new TypedGauge(name, made, this.indexOf(name), this.drops, this.sourceTimeoutMillis);
      },
    );
  }

  /**
   * What all instances of a metric class on this provider have in common, as a window; the first makes it.
   *
   * @param create - makes it for other instruments, too: those that these come to follow
   * @param follow - has the one be like the other from then on
   * @internal
   */
  shared<T>(owner: string, create: (make: Instruments) => T, follow?: (mine: T, theirs: T) => void): T {
    if (!this.common.has(owner)) {
      const mine = create(this);
      this.common.set(owner, mine);
      this.late?.whenBound((later) => follow?.(mine, later.shared(owner, create, follow)));
    }
    return this.common.get(owner) as T;
  }

  /** Series held and allowed, of each metric that has labels and series. */
  *cardinality(): Iterable<{ metric: MetricName; series: number; limit: number }> {
    const { indexes } = this.late?.bound() ?? this;
    for (const [metric, index] of indexes) {
      if (index.bounded && index.size > 0) yield { metric, series: index.size, limit: index.limit };
    }
  }

  private once<T extends { follow(other: T): void }>(
    name: MetricName,
    same: (of: Instruments) => T,
    create: (options: MetricOptions) => T,
  ): T {
    let instrument = this.created.get(name) as T | undefined;
    if (instrument === undefined) {
      const mine = (instrument = create(optionsOf(name)));
      this.created.set(name, mine);
      this.late?.whenBound((later) => mine.follow(same(later)));
    }
    return instrument;
  }

  /** The instrument of this kind that takes values as they come. */
  private recorded(kind: RecordedKind, name: string): Pick<TypedCounter<never>, 'replay'> | undefined {
    if (kind === 'counter') return this.counter(name as MetricNameOfKind<'counter'>);
    if (kind === 'upDownCounter') return this.upDownCounter(name as MetricNameOfKind<'upDownCounter'>);
    return kind === 'histogram' ? this.histogram(name as MetricNameOfKind<'histogram'>) : undefined;
  }

  /** For a meter that waits, what its metric is called; for any other, what its instrument is. */
  private nameOf(name: MetricName): string {
    return this.late ? name : instrumentName(name);
  }

  private indexOf(name: MetricName): LabelSeriesIndex {
    const index = new LabelSeriesIndex(name, definitionOf(name), this.drops, this.caps);
    this.indexes.set(name, index);
    return index;
  }

  /** A meter whose instruments record nothing until `late` has found others, and then into those. */
  private static lateMeter(late: LateBinding<Instruments>): RegistryMeter {
    return {
      createObservableGauge: (name, options) => createNoopMeter().createObservableGauge(name, options),
      recorder: (kind, name, _, rows) => ({
        record(row, value, context) {
          const later = late.bound();
          if (later) later.recorded(kind, name)?.replay(rows.attributesOf(row), value, context);
        },
      }),
    };
  }

  /** Until an SDK registers its MeterProvider. The no-op one then is nobody's: it may be the global one again. */
  private waitForAnother(noop: MeterProvider): LateBinding<Instruments> {
    const late = new LateBinding(() => {
      const meterProvider = globalMeterProvider();
      if (meterProvider === undefined) return undefined;
      const later = Instruments.of({
        meterProvider,
        drops: this.drops,
        sourceTimeoutMillis: this.sourceTimeoutMillis,
        ...(this.clock !== monotonicClock && { clock: this.clock }),
        ...(this.caps && { cardinalityLimits: this.caps }),
      });
      Instruments.waiting.delete(late);
      Instruments.byProvider.delete(noop);
      this.losses = later.drops;
      return later;
    });
    Instruments.waiting.add(late);
    return late;
  }

  /** The first limits stay: series have been admitted by them. */
  private sayUnlessEqual(limits: CardinalityLimits | undefined): void {
    if (limits === undefined) return;
    const ours = resolvedLimits(this.caps);
    const theirs = resolvedLimits(limits);
    const others = (Object.keys(ours) as (keyof CardinalityLimits)[]).filter(
      (kind) => ours[kind] !== theirs[kind],
    );
    if (others.length === 0) return;
    const shown = (of: typeof ours): string => others.map((kind) => `${kind} ${of[kind]}`).join(', ');
    this.drops.warn(
      'cardinalityLimits',
      `cardinalityLimits of ${shown(theirs)} are not used: metrics of this MeterProvider have been made before with ${shown(ours)}, ` +
        'and the first decide. Pass the same, or those of initObservability alone.',
    );
  }
}

/** The limits under their name of today or, with one warning, under the old one. */
export function givenLimits(
  { cardinalityLimits, labelCaps }: Pick<InstrumentOptions, 'cardinalityLimits' | 'labelCaps'>,
  drops: DropLog,
): CardinalityLimits | undefined {
  if (labelCaps !== undefined) {
    drops.warn('labelCaps', 'labelCaps is now cardinalityLimits; the old name still works.');
  }
  return cardinalityLimits ?? labelCaps;
}

/** The counter, its series that exist from the start at 0. */
function initialSeries<N extends MetricNameOfKind<MetricKind>>(
  name: N,
  counter: TypedCounter<N>,
  index: LabelSeriesIndex,
): TypedCounter<N> {
  const series = (definitionOf(name).initialSeries ?? []) as readonly MetricLabels<N>[];
  for (const labels of series) counter.add(0, labels);
  index.pin();
  return counter;
}

function optionsOf(name: MetricName): MetricOptions {
  const { description, unit, buckets } = definitionOf(name);
  return {
    description,
    unit,
    ...(buckets && { advice: { explicitBucketBoundaries: [...buckets] } }),
  };
}
