import type { Context } from '@opentelemetry/api';
import type { LabelSets } from '../cardinality/label-sets.js';
import type { RowRecorder } from './registry-meter.js';

/** Label values in the order in which the registry declares them. */
export type LabelValuesInOrder = readonly [a?: unknown, b?: unknown, c?: unknown, d?: unknown];

/** One series that is found once and recorded many times. It is found again when rows have been given to others. */
export class BoundSeries {
  private generation: number;

  private constructor(
    private readonly recorder: RowRecorder,
    private readonly sets: LabelSets,
    private readonly values: LabelValuesInOrder,
    private row: number,
  ) {
    this.generation = sets.generation;
  }

  /**
   * undefined where a value is not what it is counted under, as beyond a cap: each recording of such a one must be
   * counted as that too.
   */
  static of(recorder: RowRecorder, sets: LabelSets, values: LabelValuesInOrder): BoundSeries | undefined {
    const row = sets.findValues(...values);
    const attributes = sets.attributesOf(row);
    const exact = sets.names.every((name, i) => attributes[name] === values[i]);
    return exact ? new BoundSeries(recorder, sets, values, row) : undefined;
  }

  /**
   * Records a value that the instrument takes. May throw what the SDK behind it throws.
   *
   * @param context - whose span the value belongs to; undefined for the active one
   */
  record(value: number, context?: Context): void {
    const { sets } = this;
    if (this.generation !== sets.generation) {
      this.row = sets.findValues(...this.values);
      this.generation = sets.generation;
    }
    this.recorder.record(this.row, value, context);
  }
}
