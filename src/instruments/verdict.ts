import { ENFORCEMENTS, type Enforcement } from '../semconv/values.js';

/** Turns what a policy check returned into what was enforced. */
export type Classify<T> = (value: T) => Enforcement;

const DENYING = new Set([
  'deny',
  'denied',
  'block',
  'blocked',
  'reject',
  'rejected',
  'review',
  'require_approval',
]);

/**
 * The verdict in the shapes policy engines return: a boolean, a word (`allow`, `deny`, `review`, …), or an object with
 * `allowed`, `effectiveDecision` or `decision`. Anything else counts as allowed: the check returned without objection.
 */
export function enforcementOf(value: unknown): Enforcement {
  if (typeof value === 'boolean') return value ? 'allowed' : 'denied';
  if (typeof value === 'string') return DENYING.has(value.toLowerCase()) ? 'denied' : 'allowed';
  if (value === null || typeof value !== 'object') return 'allowed';
  const { allowed, effectiveDecision, decision } = value as Record<string, unknown>;
  for (const verdict of [allowed, effectiveDecision, decision]) {
    if (typeof verdict === 'boolean' || typeof verdict === 'string') return enforcementOf(verdict);
  }
  return 'allowed';
}

/** {@link enforcementOf}, or the host's own reading; undefined where that throws or answers something else. */
export function classified<T>(value: T, classify: Classify<T> | undefined): Enforcement | undefined {
  try {
    const verdict: unknown = classify ? classify(value) : enforcementOf(value);
    return ENFORCEMENTS.find((enforcement) => enforcement === verdict);
  } catch {
    return undefined;
  }
}
