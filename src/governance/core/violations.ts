import { activeScope, isSilenced } from '../../instruments/call-scope.js';
import { asksSomebody, isViolation } from '../../instruments/violation.js';
import type { Severity } from '../../semconv/values.js';
import type { GovernanceState, ViolationContext } from './governance-state.js';

/** What the policy that decided says of itself. */
export interface Declared {
  readonly rule?: string | undefined;
  readonly severity?: Severity | undefined;
}

/** A violation, as whoever saw it knows it. */
export interface SeenViolation extends ViolationContext {
  /** Whether the action was stopped. */
  readonly blocked: boolean;
  readonly declared?: Declared | undefined;
}

export { asksSomebody, isViolation };

/** Counts a violation, with its span and its event. */
export function recordViolation(state: GovernanceState, seen: SeenViolation): void {
  const { telemetry } = state;
  const violation = countViolation(state, seen);
  telemetry.end(telemetry.start((tracer) => tracer.startViolation(violation)));
}

/** Counts a violation, with its event; gives what its span shows. */
export function countViolation(state: GovernanceState, seen: SeenViolation) {
  const { kernel } = state.telemetry;
  const { agentId, action, policy, ringViolation, blocked, declared } = seen;
  const reason = ringViolation?.message;
  const severity = state.severityOf({ agentId, action, policy, ringViolation }, declared?.severity);
  kernel.recordViolation({ agentId, action, policy, severity, reason, blocked, rule: declared?.rule });
  if (blocked) kernel.recordBlocked({ agentId, action });
  return { agentId, action, policy, severity, reason };
}

/** Counts a breach of the execution rings as soon as it is decided; the answer that tells of it later counts it no more. */
export function recordBreach(state: GovernanceState, seen: Omit<SeenViolation, 'blocked'>): void {
  const { counted, telemetry } = state;
  const { ringViolation } = seen;
  if (ringViolation !== undefined) {
    if (counted.has(ringViolation)) return;
    counted.add(ringViolation);
  }
  if (isSilenced(activeScope())) return;
  telemetry.attempt(() => recordViolation(state, { ...seen, blocked: true }));
}
