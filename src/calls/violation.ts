import { CALL_KEYS } from '../instruments/call-keys.js';
import type { KernelMetrics, Violation } from '../instruments/index.js';
import { VIOLATION } from '../tracing/kernel-spans.js';
import { currentContext, measuredCall, type CallKind, type CallParts } from './measured-call.js';

/** A copy, read once. Throws what reading the host's object throws. */
export function readViolation(recorder: KernelMetrics, given: Violation): Violation {
  const { agentId, action, policy, severity = 'high', reason, blocked = false, rule } = given;
  if (agentId === undefined || action === undefined || policy === undefined)
    CALL_KEYS.violation.missed(recorder, given);
  else if (given.severity === undefined || given.blocked === undefined || reason === undefined)
    CALL_KEYS.violation.omitted(recorder, given);
  return {
    agentId,
    action,
    policy,
    severity,
    blocked,
    ...(reason !== undefined && { reason }),
    ...(rule !== undefined && { rule }),
  };
}

export const VIOLATION_CALL: CallKind<Violation> = {
  method: 'obs.violation',
  span: VIOLATION,
  ended({ kernel }, violation, { threw }) {
    const { agentId, action } = violation;
    // What was to stop it has failed: it is not stopped.
    const told = threw ? { ...violation, blocked: false } : violation;
    kernel.recordViolation(told);
    if (told.blocked === true) kernel.recordBlocked({ agentId, action });
  },
};

/** Records a violation that nothing of the host's handles. */
export function recordViolation(parts: CallParts, violation: Violation): void {
  measuredCall(parts, VIOLATION_CALL, violation, () => undefined, currentContext());
}
