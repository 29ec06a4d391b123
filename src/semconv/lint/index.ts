import { METRICS } from '../metrics.js';
import { SPANS, type SpanDefinition } from '../spans.js';
import type { MetricDefinition } from '../types.js';
import { baseUnits } from './base-units.js';
import { bornAtZero } from './born-at-zero.js';
import { buckets } from './buckets.js';
import { closedSets } from './closed-sets.js';
import { counterTotal } from './counter-total.js';
import { description } from './description.js';
import { exposedName } from './exposed-name.js';
import { labelNames } from './label-names.js';
import { labelOrder } from './label-order.js';
import { nameCase } from './name-case.js';
import { namePrefix } from './name-prefix.js';
import { reservedNames } from './reserved-names.js';
import type { LintProblem, MetricRule, Rule, SpanRule } from './rule.js';
import { secondsSuffix } from './seconds-suffix.js';
import { spanAttributes } from './span-attributes.js';
import { spanName } from './span-name.js';

export type { LintProblem } from './rule.js';

/** What every metric of the registry keeps. */
export const METRIC_RULES: readonly MetricRule[] = [
  nameCase,
  namePrefix,
  reservedNames,
  counterTotal,
  secondsSuffix,
  baseUnits,
  exposedName,
  description,
  labelNames,
  labelOrder,
  closedSets,
  buckets,
  bornAtZero,
];

/** What every span of the registry keeps. */
export const SPAN_RULES: readonly SpanRule[] = [spanName, description, spanAttributes];

/**
 * The registry's faults, in the order of its declarations; none when it is sound.
 *
 * @example
 * ```ts
 * lintRegistry().forEach(({ metric, rule, message }) => console.error(`${metric}: ${message} (${rule})`));
 * ```
 */
export function lintRegistry(
  metrics: Readonly<Record<string, MetricDefinition>> = METRICS,
  spans: Readonly<Record<string, SpanDefinition>> = SPANS,
): LintProblem[] {
  return [...faults(metrics, METRIC_RULES), ...faults(spans, SPAN_RULES)];
}

function* faults<Definition>(
  declared: Readonly<Record<string, Definition>>,
  rules: readonly Rule<Definition>[],
): Iterable<LintProblem> {
  for (const [metric, definition] of Object.entries(declared)) {
    for (const rule of rules) {
      for (const message of rule.check(metric, definition)) yield { metric, rule: rule.rule, message };
    }
  }
}
