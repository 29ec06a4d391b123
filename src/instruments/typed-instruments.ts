import type { Attributes, Context } from '@opentelemetry/api';
import type { LabelSeriesIndex } from '../cardinality/label-series-index.js';
import type { RowRecorder } from '../cardinality/registry-meter.js';
import type { DropLog } from '../diagnostics/drop-log.js';
import type { MetricLabels, MetricName } from '../semconv/metrics.js';
import { BoundSeries } from './bound-series.js';

/** Names of labels, and the tuple of their values. */
type Names<N extends MetricName> = readonly (keyof MetricLabels<N> & string)[];
type Values<N extends MetricName, K extends Names<N>> = {
  readonly [I in keyof K]: MetricLabels<N>[K[I] & keyof MetricLabels<N>];
};
/** A counter that takes label values alone, in an order said once. */
export interface OrderedCounter<N extends MetricName, K extends Names<N>> {
  add(value: number, ...values: Values<N, K>): void;
  /** @param active - whose span the value belongs to; undefined for the active one */
  addWithin(active: Context | undefined, value: number, ...values: Values<N, K>): void;
}
/** A histogram that takes label values alone, in an order said once. */
export interface OrderedHistogram<N extends MetricName, K extends Names<N>> {
  record(value: number, ...values: Values<N, K>): void;
}

/** An instrument whose labels are the registry's. Never throws. */
abstract class TypedInstrument<N extends MetricName> {
  constructor(
    private readonly name: N,
    private recorder: RowRecorder,
    private index: LabelSeriesIndex,
    private drops: DropLog,
    /** Takes values below zero. */
    private readonly signed = false,
  ) {}

  /** The series of label values in the registry's order, once it was recorded: see {@link BoundSeries.of}. */
  bound(...values: unknown[]): BoundSeries | undefined {
    return BoundSeries.of(this.recorder, this.index, values);
  }

  /** Records from now on where `other` does, and so does all that was made of it, as series bound before. */
  follow(other: TypedInstrument<N>): void {
    this.index.release(new Set()); // of no row, but what was bound is stale then
    this.recorder = other.recorder;
    this.index = other.index;
    this.drops = other.drops;
  }

  /** Records what another instrument has taken already. May throw what the SDK behind it throws. */
  replay(attributes: Attributes, value: number, active: Context | undefined): void {
    this.recorder.record(this.index.findAttributes(attributes), value, active);
  }

  protected take(value: number, labels: MetricLabels<N>): void {
    try {
      if (this.accepts(value)) this.recorder.record(this.index.find(labels), value);
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
    const take = this.inOrderWithin<(active: undefined, value: number, ...values: unknown[]) => void>(names);
    const takeActive = (
      value: number,
      a?: unknown,
      b?: unknown,
      c?: unknown,
      d?: unknown,
      ...more: unknown[]
    ) => take(undefined, value, a, b, c, d, ...more);
    return takeActive as Take;
  }

  /** The same, told the context first. */
  protected inOrderWithin<Take>(names: readonly string[]): Take {
    if (String(names) !== String(this.index.names)) {
      throw new TypeError(`${this.name} has the labels ${this.index.names.join(', ')}, in this order`);
    }
    // The first four stand alone, as where they go: so no array is made for them.
    const take = (
      active: Context | undefined,
      value: number,
      a?: unknown,
      b?: unknown,
      c?: unknown,
      d?: unknown,
      ...more: unknown[]
    ) => {
      try {
        if (this.accepts(value))
          this.recorder.record(this.index.findInOrder(a, b, c, d, ...more), value, active);
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
    return { add: this.inOrder(names), addWithin: this.inOrderWithin(names) };
  }
}

/** A histogram of seconds, scores or counts. */
export class TypedHistogram<N extends MetricName> extends TypedInstrument<N> {
  record(value: number, labels: MetricLabels<N>): void {
    this.take(value, labels);
  }

  /** @throws TypeError unless `names` are the registry's labels in the registry's order */
  by<const K extends Names<N>>(...names: K): OrderedHistogram<N, K> {
    return { record: this.inOrder(names) };
  }
}
