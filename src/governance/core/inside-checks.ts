import { errorType } from '../../common/outcome.js';
import { ANY_POLICY, hear, refuse, type CallScope } from '../../instruments/call-scope.js';
import { failureOf, verdict as sharedVerdict } from '../../instruments/verdict-words.js';
import { UNKNOWN, type Decision, type Status } from '../../semconv/values.js';
import { enforcedAs, knownDecision, type Verdict } from './verdict.js';
import type { Declared } from './violations.js';

// What is checked inside of a call of the handle is part of that call. A check of the handle counts for the engines that it
// asks about its action, by the host's name of the policy; an execution is told what its action was refused.

/** The check of the handle that counts for a check of this action inside of it. One of another action counts by itself. */
export function countingCheck(scope: CallScope | undefined, action: string): CallScope | undefined {
  if (scope?.kind !== 'check') return undefined;
  return action === scope.action || action === UNKNOWN ? scope : undefined;
}

/** Tells a check of the handle what an engine said inside of it. */
export function tellVerdict(
  check: CallScope,
  { decision, enforced, provenance, rule }: Verdict,
  answer: unknown,
  declared: Declared | undefined,
): void {
  const verdict = sharedVerdict(decision, enforced, provenance);
  hear(check, { verdict, answer, rule, severity: declared?.severity });
}

/** Tells it what a client decided inside of it. */
export function tellDecided(check: CallScope, decision: Decision): void {
  const verdict = sharedVerdict(knownDecision(decision), enforcedAs(decision), 'evaluated');
  hear(check, { verdict, answer: undefined, rule: undefined, severity: undefined });
}

/** Tells a check that what was asked inside of it has failed. An allow that was heard before bears nothing out any more. */
export function tellFailure(check: CallScope, error: unknown): void {
  check.failed ??= { type: errorType(error), how: failureOf(error) };
  check.heard = check.heard?.filter(({ verdict }) => verdict.enforced !== 'allowed');
}

/** Tells an execution how a check of its action ended inside of it; `awaited`: until somebody approves. */
export function tellRefusal(scope: CallScope, action: string, status: Status, awaited: boolean): void {
  if (scope.kind !== 'execution' || scope.action !== action) return;
  if (status === 'denied' || status === 'unknown') refuse(scope, status, awaited ? ANY_POLICY : undefined);
}
