import type { Result, SuiteResult } from '../harness/run-suite.js';
import type { Summary } from '../harness/statistics.js';

/** One measure of a subject beside the same of one that it is compared with. */
export interface Comparison {
  readonly other: Result;
  readonly ours: Summary;
  readonly theirs: Summary;
  /** Ours divided by theirs. */
  readonly ratio: number;
  /** The middle halves of the rounds do not overlap. */
  readonly apart: boolean;
}

export function summary(result: Result, measure: string): Summary {
  const found = result.of[measure];
  if (found === undefined) throw new Error(`${result.id} has no ${measure}`);
  return found;
}

/** What a subject is compared with, in the order of the suite. */
export function othersOf({ results }: SuiteResult, subject: Result): Result[] {
  return results.filter(({ id }) => subject.comparedWith.includes(id));
}

export function compare(subject: Result, other: Result, measure: string): Comparison {
  const ours = summary(subject, measure);
  const theirs = summary(other, measure);
  return {
    other,
    ours,
    theirs,
    ratio: ours.median / theirs.median,
    apart: ours.p25 > theirs.p75 || ours.p75 < theirs.p25,
  };
}
