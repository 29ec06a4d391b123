import type { SpanDefinition } from '../spans.js';
import type { MetricDefinition } from '../types.js';

/** One fault of the registry. */
export interface LintProblem {
  /** Name of the metric or span. */
  readonly metric: string;
  readonly rule: string;
  readonly message: string;
}

/** Finds faults in one declaration; each is said in one sentence. */
export interface Rule<Definition> {
  /** The rule's name in a {@link LintProblem}. */
  readonly rule: string;
  check(name: string, definition: Definition): Iterable<string>;
}

export type MetricRule = Rule<MetricDefinition>;
export type SpanRule = Rule<SpanDefinition>;
