import type { Context } from '@opentelemetry/api';
import type { LabelSets } from '../cardinality/label-sets.js';
import type { RowRecorder } from './registry-meter.js';

/** Label values in the order in which the registry declares them. */
export type LabelValuesInOrder = readonly [a?: unknown, b?: unknown, c?: unknown, d?: unknown];

/** One series that is found once and recorded many times. */
export class BoundSeries {
  private readonly generation: number;

  private constructor(
    private readonly recorder: RowRecorder,
    private readonly sets: LabelSets,
    private readonly row: number,
  ) {
    this.generation = sets.generation;
  }

  /**
   * The series of these values, which must have been recorded before. undefined where there is none, and where a value is
   * not what it is counted under, as beyond a cap: each recording of such a one must be counted as that too.
   */
  static of(recorder: RowRecorder, sets: LabelSets, values: LabelValuesInOrder): BoundSeries | undefined {
    const row = sets.knownRow(...values);
    if (row < 0) return undefined;
    const attributes = sets.attributesOf(row);
    const exact = sets.names.every((name, i) => attributes[name] === values[i]);
    return exact ? new BoundSeries(recorder, sets, row) : undefined;
  }

  /** Rows have been given to others since: this one must not be recorded any more. */
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
