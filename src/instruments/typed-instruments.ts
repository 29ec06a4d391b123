import type { Context } from '@opentelemetry/api';
import type { LabelSeriesIndex } from '../cardinality/label-series-index.js';
import type { RowRecorder } from '../cardinality/registry-meter.js';
import type { DropLog } from '../diagnostics/drop-log.js';
import type { MetricLabels, MetricName } from '../semconv/metrics.js';

/** Label values in the order in which the registry declares them. */
export type LabelValuesInOrder = readonly [a?: unknown, b?: unknown, c?: unknown, d?: unknown];

/** One series that is found once and recorded many times. */
export class BoundSeries {
  private readonly generation: number;

  private constructor(
    private readonly recorder: RowRecorder,
    private readonly sets: LabelSeriesIndex,
    private readonly row: number,
  ) {
    this.generation = sets.generation;
  }

  /**
   * The series of these values, which must have been recorded before. undefined where there is none, and where a value is
   * not what it is counted under, as beyond a cap: each recording of such a one must be counted as that too.
   */
  static of(
    recorder: RowRecorder,
    sets: LabelSeriesIndex,
    values: LabelValuesInOrder,
  ): BoundSeries | undefined {
    const row = sets.knownRow(...values);
    if (row < 0) return undefined;
    const attributes = sets.attributesOf(row);
    const exact = sets.names.every((name, i) => attributes[name] === values[i]);
    return exact ? new BoundSeries(recorder, sets, row) : undefined;
  }

  /** SeriesIndex have been given to others since: this one must not be recorded any more. */
  get stale(): boolean {
    return this.generation !== this.sets.generation;
  }

  /**
   * Records a value that the instrument takes. May throw what the SDK behind it throws.
   *
   * @param context - whose span the value belongs to; undefined for the active one
   */
  record(value: number, context?: Context): void {
    this.recorder.record(this.row, value, context);
  }
}

/** Names of labels, and the tuple of their values. */
type Names<N extends MetricName> = readonly (keyof MetricLabels<N> & string)[];
type Values<N extends MetricName, K extends Names<N>> = {
  readonly [I in keyof K]: MetricLabels<N>[K[I] & keyof MetricLabels<N>];
};
type TakeInOrder = (value: number, a?: unknown, b?: unknown, c?: unknown, d?: unknown) => void;
/** A counter that takes label values alone, in an order said once. */
export interface OrderedCounter<N extends MetricName, K extends Names<N>> {
  add(value: number, ...values: Values<N, K>): void;
}
/** A histogram that takes label values alone, in an order said once. */
export interface OrderedHistogram<N extends MetricName, K extends Names<N>> {
  record(value: number, ...values: Values<N, K>): void;
}

/** An instrument whose labels are the registry's. Never throws. */
abstract class TypedInstrument<N extends MetricName> {
  constructor(
    private readonly name: N,
    private readonly recorder: RowRecorder,
    private readonly sets: LabelSeriesIndex,
    private readonly drops: DropLog,
    /** Takes values below zero. */
    private readonly signed = false,
  ) {}

  /** The series of label values in the registry's order, once it was recorded: see {@link BoundSeries.of}. */
  bound(...values: LabelValuesInOrder): BoundSeries | undefined {
    return BoundSeries.of(this.recorder, this.sets, values);
  }

  protected take(value: number, labels: MetricLabels<N>): void {
    try {
      if (this.accepts(value)) this.recorder.record(this.sets.find(labels), value);
      else this.drops.invalidValue(this.name, value);
    } catch (error) {
      this.drops.invalidValue(this.name, error);
    }
  }

  /**
   * What takes label values alone, in the registry's order: nothing is built for a call.
   * @throws TypeError unless `names` are the registry's labels in the registry's order
   */
  protected inOrder<Take>(names: readonly string[]): Take {
    if (String(names) !== String(this.sets.names)) {
      throw new TypeError(`${this.name} has the labels ${this.sets.names.join(', ')}, in this order`);
    }
    const take: TakeInOrder = (value, a, b, c, d) => {
      try {
        if (this.accepts(value)) this.recorder.record(this.sets.findValues(a, b, c, d), value);
        else this.drops.invalidValue(this.name, value);
      } catch (error) {
        this.drops.invalidValue(this.name, error);
      }
    };
    return take as Take;
  }

  private accepts(value: unknown): boolean {
    return (
      typeof value === 'number' && value < Infinity && (value >= 0 || (this.signed && value > -Infinity))
    );
  }
}

/** A counter, or with `signed` an up-down counter. */
export class TypedCounter<N extends MetricName> extends TypedInstrument<N> {
  add(value: number, labels: MetricLabels<N>): void {
    this.take(value, labels);
  }

  /** @throws TypeError unless `names` are the registry's labels in the registry's order */
  by<const K extends Names<N>>(...names: K): OrderedCounter<N, K> {
    return { add: this.inOrder(names) };
  }
}

/** A histogram of seconds or scores. */
export class TypedHistogram<N extends MetricName> extends TypedInstrument<N> {
  record(value: number, labels: MetricLabels<N>): void {
    this.take(value, labels);
  }

  /** @throws TypeError unless `names` are the registry's labels in the registry's order */
  by<const K extends Names<N>>(...names: K): OrderedHistogram<N, K> {
    return { record: this.inOrder(names) };
  }
}
