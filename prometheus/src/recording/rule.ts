import type { Expression } from '../promql/index.js';
import type { RecordedLabel, RecordedName } from './series.js';

export interface RecordingRule {
  readonly record: RecordedName;
  /** That all its series have. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly expr: Expression<string>;
}

/** Labels that the series is to have and the expression has not do not compile. */
export const record = <N extends RecordedName>(
  name: N,
  expr: Expression<RecordedLabel<N>>,
): RecordingRule => ({ record: name, expr });
