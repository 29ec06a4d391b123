import {
  type Attributes,
  type Context,
  type MetricOptions,
  type Observable,
  ValueType,
} from '@opentelemetry/api';
import { AttributeSeriesIndex } from '../../cardinality/attribute-series-index.js';
import type { CardinalityLimits } from '../../cardinality/cardinality-limits.js';
import type {
  RecordedKind,
  RegistryMeter,
  RowRecorder,
  SeriesIndex,
} from '../../cardinality/registry-meter.js';
import type { DropLog } from '../../diagnostics/drop-log.js';
import type { SeriesCount } from '../../cardinality/registry-meter.js';
import type { Scope } from './checked-meter-provider.js';
import { CheckedMeter, type Recording } from './checked-meter.js';
import { accepts, type InstrumentKind, type ObservableKind } from './instrument-kind.js';
import {
  type MetricStorage,
  HistogramStorage,
  LastValueStorage,
  SumStorage,
  type WallClock,
} from './metric-storage.js';
import type { MetricStream, StreamDescriptor } from './metric-stream.js';
import { ObservableInstrument } from './observable-instrument.js';

/** An instrument of a host: it never throws, and keeps nothing of the caller's. */
export class NativeInstrument implements Recording {
  /** @param integers - cuts the fraction off, as the value type INT asks for */
  constructor(
    private readonly kind: InstrumentKind,
    private readonly name: string,
    private readonly integers: boolean,
    private readonly rows: AttributeSeriesIndex,
    private readonly storage: MetricStorage,
    private readonly drops: DropLog,
  ) {}

  add(value: number, attributes?: Attributes, context?: Context): void {
    this.record(value, attributes, context);
  }

  record(value: number, attributes?: Attributes, context?: Context): void {
    try {
      if (!accepts(this.kind, value, this.integers)) return this.drops.invalidValue(this.name, value);
      const row = this.rows.find(attributes);
      this.storage.record(row, this.integers ? Math.trunc(value) : value, context);
    } catch (error) {
      this.drops.invalidValue(this.name, error);
    }
  }
}

/** What all meters of one provider share. */
export interface MeterContext {
  readonly caps: Required<CardinalityLimits>;
  readonly drops: DropLog;
  /** Whether counters and histograms keep them. */
  readonly exemplars: boolean;
  readonly now: WallClock;
  /** Told of each stream before anything is recorded into it. */
  readonly opened: (stream: MetricStream) => void;
}

/**
 * Buckets of a histogram that names none.
 * https://opentelemetry.io/docs/specs/otel/metrics/sdk/#explicit-bucket-histogram-aggregation
 */
const DEFAULT_BOUNDARIES = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

/** The instruments of one scope. */
export class NativeMeter extends CheckedMeter implements RegistryMeter {
  readonly streams: MetricStream[] = [];
  private readonly adhoc: AttributeSeriesIndex[] = [];

  /** @param caps - those of the host's own attributes */
  constructor(
    readonly scope: Scope,
    private readonly caps: Required<CardinalityLimits>,
    private readonly context: MeterContext,
  ) {
    super(context.drops);
  }

  /** Series of instruments whose attributes are bounded here. */
  *seriesCounts(): Iterable<SeriesCount> {
    for (const { metric, counted, limit } of this.adhoc) yield { metric, series: counted, limit };
  }

  recorder(kind: RecordedKind, name: string, options: MetricOptions, rows: SeriesIndex): RowRecorder {
    return this.open(kind, name, options, rows).storage;
  }

  protected override make(
    kind: InstrumentKind,
    name: string,
    options: MetricOptions,
  ): Recording | Observable {
    const rows = new AttributeSeriesIndex(name, this.caps, this.drops);
    this.adhoc.push(rows);
    switch (kind) {
      case 'observableCounter':
      case 'observableUpDownCounter':
      case 'observableGauge':
        return this.observable(kind, name, options, rows);
      default: {
        const { storage } = this.open(kind, name, options, rows);
        return new NativeInstrument(kind, name, hasIntegers(options), rows, storage, this.drops);
      }
    }
  }

  private open(
    kind: Exclude<InstrumentKind, ObservableKind>,
    name: string,
    options: MetricOptions,
    rows: SeriesIndex,
  ) {
    const { exemplars, now } = this.context;
    const descriptor = describe(kind, name, options);
    const stream =
      kind === 'histogram'
        ? { descriptor, rows, storage: new HistogramStorage(boundariesOf(options), now, exemplars) }
        : {
            descriptor,
            rows,
            storage: kind === 'gauge' ? new LastValueStorage(now, 0) : new SumStorage(now, exemplars ? 1 : 0),
          };
    this.add(stream);
    return stream;
  }

  private observable(
    kind: ObservableKind,
    name: string,
    options: MetricOptions,
    rows: AttributeSeriesIndex,
  ): Observable {
    const seriesOf = (given: unknown): number => rows.find(given);
    const observable = new ObservableInstrument(name, kind, seriesOf, this.drops, hasIntegers(options));
    this.add({ descriptor: describe(kind, name, options), rows, observable });
    return observable;
  }

  private add(stream: MetricStream): void {
    this.streams.push(stream);
    this.context.opened(stream);
  }
}

function describe(kind: InstrumentKind, name: string, options: MetricOptions): StreamDescriptor {
  const { description = '', unit = '', valueType = ValueType.DOUBLE } = options;
  return { name, kind, description, unit, valueType };
}

function hasIntegers({ valueType }: MetricOptions): boolean {
  return valueType === ValueType.INT;
}

function boundariesOf({ advice }: MetricOptions): readonly number[] {
  return advice?.explicitBucketBoundaries ?? DEFAULT_BOUNDARIES;
}
