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
 * Reads a verdict in the shapes policy engines return: a boolean, a word (`allow`, `deny`, `review`, …), or an object with
 * `allowed`, `effectiveDecision` or `decision`. Anything else counts as allowed: the check returned without objection.
 * An object that cannot be read is denied: nobody knows that it allows. Never throws.
 */
export function enforcementOf(value: unknown): Enforcement {
  try {
    return read(value);
  } catch {
    return 'denied';
  }
}

/** Throws what reading the value throws. */
function read(value: unknown): Enforcement {
  if (typeof value === 'boolean') return value ? 'allowed' : 'denied';
  if (typeof value === 'string') return enforcementOfWord(value);
  if (value === null || typeof value !== 'object') return 'allowed';
  const { allowed, effectiveDecision, decision } = value as Record<string, unknown>;
  if (isVerdict(allowed)) return read(allowed);
  if (isVerdict(effectiveDecision)) return read(effectiveDecision);
  return isVerdict(decision) ? read(decision) : 'allowed';
}

function enforcementOfWord(word: string): Enforcement {
  if (word === 'allow' || word === 'allowed') return 'allowed'; // most are, and need no other spelling tried
  return DENYING.has(word.toLowerCase()) ? 'denied' : 'allowed';
}

function isVerdict(value: unknown): value is boolean | string {
  return typeof value === 'boolean' || typeof value === 'string';
}

/** {@link enforcementOf}, or the host's own reading; undefined where that throws or answers something else. */
export function classified<T>(
  value: T,
  options?: { readonly classify?: Classify<T> },
): Enforcement | undefined {
  try {
    const classify = options?.classify;
    if (!classify) return read(value);
    const verdict: unknown = classify(value);
    return ENFORCEMENTS.find((enforcement) => enforcement === verdict);
  } catch {
    return undefined;
  }
}
