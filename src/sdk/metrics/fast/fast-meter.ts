import { ValueType, type MetricOptions, type Observable } from '@opentelemetry/api';
import type { LabelCaps } from '../../../cardinality/label-caps.js';
import type { Rows } from '../../../cardinality/rows.js';
import type { DropLog } from '../../../instruments/drop-log.js';
import type { RecordedKind, RegistryMeter, RowRecorder } from '../../../instruments/registry-meter.js';
import type { SeriesCount } from '../../../instruments/telemetry-metrics.js';
import { CheckedMeter, type Recording } from '../checked-meter.js';
import type { Scope } from '../checked-meter-provider.js';
import type { InstrumentKind, ObservableKind } from '../instrument-kind.js';
import { ObservableInstrument } from '../observable-instrument.js';
import { AdhocRows } from './adhoc-rows.js';
import type { WallClock } from './columns.js';
import { FastInstrument } from './fast-instruments.js';
import { HistogramColumns } from './histogram-columns.js';
import type { MetricStream, StreamDescriptor } from './metric-stream.js';
import { LastValueColumns, SumColumns } from './number-columns.js';

/** What all meters of one provider share. */
export interface MeterContext {
  readonly caps: Required<LabelCaps>;
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
export class FastMeter extends CheckedMeter implements RegistryMeter {
  readonly streams: MetricStream[] = [];
  private readonly adhoc: AdhocRows[] = [];

  /** @param caps - those of the host's own attributes */
  constructor(
    readonly scope: Scope,
    private readonly caps: Required<LabelCaps>,
    private readonly context: MeterContext,
  ) {
    super(context.drops);
  }

  /** Series of instruments whose attributes are bounded here. */
  *seriesCounts(): Iterable<SeriesCount> {
    for (const { metric, counted, limit } of this.adhoc) yield { metric, series: counted, limit };
  }

  recorder(kind: RecordedKind, name: string, options: MetricOptions, rows: Rows): RowRecorder {
    return this.open(kind, name, options, rows).columns;
  }

  protected override make(
    kind: InstrumentKind,
    name: string,
    options: MetricOptions,
  ): Recording | Observable {
    const rows = new AdhocRows(name, this.caps, this.drops);
    this.adhoc.push(rows);
    switch (kind) {
      case 'observableCounter':
      case 'observableUpDownCounter':
      case 'observableGauge':
        return this.observable(kind, name, options, rows);
      default: {
        const { columns } = this.open(kind, name, options, rows);
        return new FastInstrument(kind, name, hasIntegers(options), rows, columns, this.drops);
      }
    }
  }

  private open(
    kind: Exclude<InstrumentKind, ObservableKind>,
    name: string,
    options: MetricOptions,
    rows: Rows,
  ) {
    const { exemplars, now } = this.context;
    const descriptor = describe(kind, name, options);
    const stream =
      kind === 'histogram'
        ? { descriptor, rows, columns: new HistogramColumns(boundariesOf(options), now, exemplars) }
        : {
            descriptor,
            rows,
            columns: kind === 'gauge' ? new LastValueColumns(now, 0) : new SumColumns(now, exemplars ? 1 : 0),
          };
    this.add(stream);
    return stream;
  }

  private observable(
    kind: ObservableKind,
    name: string,
    options: MetricOptions,
    rows: AdhocRows,
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
