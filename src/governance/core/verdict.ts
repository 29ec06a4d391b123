import { failureOf } from '../../instruments/verdict-words.js';
import {
  DECISIONS,
  type Decision,
  type Enforcement,
  type Provenance,
  type Status,
} from '../../semconv/values.js';

export { failureOf };

/**
 * What a policy check said, in one shape for all ways to check. Readers set the same members in the same order, so that
 * the engine's checks all have one hidden class.
 */
export interface Verdict {
  readonly decision: Decision;
  readonly enforced: Enforcement;
  readonly provenance: Provenance;
  /** The document that matched. */
  readonly policy: string | undefined;
  /** The rule of it that decided. */
  readonly rule: string | undefined;
  readonly reason: string | undefined;
  /** The answers of external policy backends, where some were asked. */
  readonly backends: readonly BackendAnswer[] | undefined;
}

/** What is said of an answer that refuses to be read. */
export const UNREADABLE: Verdict = {
  decision: 'unknown',
  enforced: 'unknown',
  provenance: 'unknown',
  policy: undefined,
  rule: undefined,
  reason: undefined,
  backends: undefined,
};

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

/** What is known of a document's verdict, as the SDK gives it. */
interface DocumentResult {
  readonly rateLimited?: unknown;
  readonly matchedRule?: unknown;
}

/** How the verdict of policy documents came about: where no rule matched, none is named. */
export function provenanceOfDocuments(result: DocumentResult): Provenance {
  if (result.rateLimited === true) return 'rate_limited';
  return result.matchedRule === undefined ? 'default' : 'evaluated';
}

/** How a verdict came about that backends were asked for. `local` is what holds where none was. */
export function provenanceOfBackends(
  backends: readonly BackendAnswer[] | undefined,
  local: Provenance,
): Provenance {
  if (!backends?.length) return local;
  const failed = backends.find(({ error }) => error);
  if (failed === undefined) return 'evaluated';
  const objects = backends.some(({ decision, error }) => !error && decision !== 'allow');
  return objects ? 'evaluated' : failureOf(failed.error);
}

/** Nothing that is allowed was evaluated: the engine or a backend failed, or took too long. */
export function isMadeUp(provenance: Provenance): provenance is 'backend_error' | 'timeout' {
  return provenance === 'backend_error' || provenance === 'timeout';
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
