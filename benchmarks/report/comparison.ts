import type { Result, SuiteResult } from '../harness/run-suite.js';
import { ratioOf, type Summary } from '../harness/statistics.js';

/** One measure of a subject beside the same of one that it is compared with. */
export interface Comparison {
  readonly other: Result;
  readonly ours: Summary;
  readonly theirs: Summary;
  /** Ours divided by theirs: the median of the rounds. */
  readonly ratio: number;
  /** The middle half of the rounds does not reach 1. */
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
  const { median: ratio, p25, p75 } = ratioOf(ours, theirs);
  return { other, ours, theirs, ratio, apart: p25 > 1 || p75 < 1 };
}
