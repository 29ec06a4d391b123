import { DECISIONS, type Decision, type Enforcement, type Status } from '../../semconv/values.js';

/**
 * What a policy check said, in one shape for all ways to check. Readers set the same members in the same order, so that
 * the engine's checks all have one hidden class.
 */
export interface Verdict {
  readonly decision: Decision;
  readonly enforced: Enforcement;
  /** The document that matched. */
  readonly policy: string | undefined;
  readonly reason: string | undefined;
  /** The answers of external policy backends, where some were asked. */
  readonly backends: readonly BackendAnswer[] | undefined;
}

/** What one external policy backend answered. */
export interface BackendAnswer {
  readonly backend: string;
  readonly decision: string;
  /** Why it could not answer. The SDK treats that as a denial. */
  readonly error?: string | undefined;
}

/**
 * What a governance SDK does after a decision: only `allow` lets an action run, whether it is given as the decision or
 * as the SDK's own flag. The general `enforcementOf` is no use here: it lets `warn` and `log` pass. What is no decision of
 * the SDK's, as of an engine that a test has replaced, is unknown.
 */
export function enforcedAs(decision: unknown): Enforcement {
  if (decision === 'allow' || decision === true) return 'allowed';
  return decision === false || isDecision(decision) ? 'denied' : 'unknown';
}

/** A decision as the SDK's types name it, or `unknown`. */
export function knownDecision(decision: unknown): Decision {
  return isDecision(decision) ? decision : 'unknown';
}

function isDecision(decision: unknown): decision is Decision {
  return decision !== 'unknown' && DECISIONS.includes(decision as Decision);
}

/** The `status` label of a request that got this decision. */
export function requestStatus(decision: unknown): Status {
  const enforced = enforcedAs(decision);
  return enforced === 'allowed' ? 'success' : enforced;
}

/** The backend that denied what the local policies allowed, if one did. A `deny` or a failure outweighs a `review`. */
export function objectingBackend({ backends, enforced }: Verdict): string | undefined {
  if (backends === undefined || enforced === 'allowed') return undefined;
  const denying = backends.find(({ decision, error }) => decision === 'deny' || error);
  return (denying ?? backends.find(({ decision }) => decision === 'review'))?.backend;
}
