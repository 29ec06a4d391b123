import { metrics, type MeterProvider, type MetricOptions } from '@opentelemetry/api';
import { LabelSeriesIndex } from '../cardinality/label-series-index.js';
import type { CardinalityLimits } from '../cardinality/cardinality-limits.js';
import { reliableClock, type Clock } from '../common/clock.js';
import {
  definitionOf,
  type MetricLabels,
  type MetricName,
  type MetricNameOfKind,
} from '../semconv/metrics.js';
import type { MetricKind } from '../semconv/types.js';
import { DropLog } from '../diagnostics/drop-log.js';
import { registryMeter, type RegistryMeter } from '../cardinality/registry-meter.js';
import { SOURCE_TIMEOUT_MS, TypedGauge } from './typed-gauge.js';
import { TypedCounter, TypedHistogram } from './typed-instruments.js';

/** What the metric classes take; all of it is optional. */
export interface InstrumentOptions {
  /**
   * Where to record. Any OpenTelemetry MeterProvider will do.
   * @defaultValue the globally registered one, as it is at construction
   */
  readonly meterProvider?: MeterProvider;
  /** Caps on label values, for the life of the process. The first construction on a provider decides. */
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

  private readonly meter: RegistryMeter;
  private readonly indexes = new Map<MetricName, LabelSeriesIndex>();
  private readonly created = new Map<MetricName, unknown>();
  private readonly common = new Map<string, unknown>();

  private constructor(
    provider: MeterProvider,
    private readonly caps: CardinalityLimits | undefined,
    readonly clock: Clock,
    readonly drops: DropLog,
    private readonly sourceTimeoutMillis: number,
  ) {
    this.meter = registryMeter(provider);
  }

  /** The instruments of the provider in `options`; an Instruments passes through. */
  static of(
    options: (InstrumentOptions & { drops?: DropLog; sourceTimeoutMillis?: number }) | Instruments = {},
  ): Instruments {
    if (options instanceof Instruments) return options;
    const provider = options.meterProvider ?? metrics.getMeterProvider();
    let instruments = Instruments.byProvider.get(provider);
    if (instruments === undefined) {
      const drops = options.drops ?? new DropLog();
      instruments = new Instruments(
        provider,
        givenLimits(options, drops),
        reliableClock(options.clock),
        drops,
        Math.min(SOURCE_TIMEOUT_MS, options.sourceTimeoutMillis ?? SOURCE_TIMEOUT_MS),
      );
      Instruments.byProvider.set(provider, instruments);
    }
    return instruments;
  }

  counter<N extends MetricNameOfKind<'counter'>>(name: N): TypedCounter<N> {
    return this.once(name, (options) => {
      const index = this.indexOf(name);
      const recorder = this.meter.recorder('counter', name, options, index);
      return initialSeries(name, new TypedCounter(name, recorder, index, this.drops), index);
    });
  }

  upDownCounter<N extends MetricNameOfKind<'upDownCounter'>>(name: N): TypedCounter<N> {
    return this.once(name, (options) => {
      const index = this.indexOf(name);
      const recorder = this.meter.recorder('upDownCounter', name, options, index);
      return initialSeries(name, new TypedCounter(name, recorder, index, this.drops, true), index);
    });
  }

  histogram<N extends MetricNameOfKind<'histogram'>>(name: N): TypedHistogram<N> {
    return this.once(name, (options) => {
      const index = this.indexOf(name);
      const recorder = this.meter.recorder('histogram', name, options, index);
      return new TypedHistogram(name, recorder, index, this.drops);
    });
  }

  gauge<N extends MetricNameOfKind<'observableGauge'>>(name: N): TypedGauge<N> {
    return this.once(name, (options) => {
      const made = this.meter.createObservableGauge(name, options);
      return new TypedGauge(name, made, this.indexOf(name), this.drops, this.sourceTimeoutMillis);
    });
  }

  /**
   * What all instances of a metric class on this provider have in common, as a window; the first makes it.
   * @internal
   */
  shared<T>(owner: string, create: () => T): T {
    if (!this.common.has(owner)) this.common.set(owner, create());
    return this.common.get(owner) as T;
  }

  /** Series held and allowed, of each metric that has labels and series. */
  *cardinality(): Iterable<{ metric: MetricName; series: number; limit: number }> {
    for (const [metric, index] of this.indexes) {
      if (index.bounded && index.size > 0) yield { metric, series: index.size, limit: index.limit };
    }
  }

  private once<T>(name: MetricName, create: (options: MetricOptions) => T): T {
    let instrument = this.created.get(name) as T | undefined;
    if (instrument === undefined) {
      instrument = create(optionsOf(name));
      this.created.set(name, instrument);
    }
    return instrument;
  }

  private indexOf(name: MetricName): LabelSeriesIndex {
    const index = new LabelSeriesIndex(name, definitionOf(name), this.drops, this.caps);
    this.indexes.set(name, index);
    return index;
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
