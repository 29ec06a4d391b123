import type { Context, Span } from '@opentelemetry/api';
import { errorType, type Outcome } from '../common/outcome.js';
import { CALL_KEYS } from '../instruments/call-keys.js';
import { around, scopeOf, type CallScope } from '../instruments/call-scope.js';
import type { Classify, KernelMetrics } from '../instruments/index.js';
import { notUnderstood } from '../instruments/policy-check.js';
import { classifiedVerdict, type ReadVerdict } from '../instruments/verdict.js';
import {
  ATTR_ACTION,
  ATTR_AGENT_ID,
  ATTR_DECISION,
  ATTR_ENFORCED,
  ATTR_ERROR_TYPE,
  ATTR_POLICY,
  ATTR_PROVENANCE,
} from '../semconv/attributes.js';
import type { Decision } from '../semconv/values.js';
import { POLICY_CHECK } from '../tracing/kernel-spans.js';
import { isRecording } from '../tracing/span-lifecycle.js';
import type { CallKind, CallParts } from './measured-call.js';
import type { PolicyCheckCall } from './kernel-verbs.js';
import { recordViolation } from './violation.js';

type GivenCheck = PolicyCheckCall & { readonly classify?: Classify<never> };

/** What a check asks. What only matters where it is not allowed is read then. */
export interface AskedCheck extends CallScope {
  readonly policy: string;
  readonly policies: readonly string[] | undefined;
  readonly classify: Classify<never> | undefined;
  readonly given: GivenCheck;
}

/** Throws what reading the host's object throws. An object literal: a class with as many fields takes several times as long. */
export function askedCheck(recorder: KernelMetrics, given: GivenCheck, active: Context): AskedCheck {
  const { agentId, action, policies, classify } = given;
  const named = given.policy ?? (policies?.length === 1 ? policies[0] : policies?.join(','));
  const policy = named as string; // JavaScript may name none
  if (agentId === undefined || action === undefined || policy === undefined)
    CALL_KEYS.policyCheck.missed(recorder, given);
  else CALL_KEYS.policyCheck.omitted(recorder, given);
  const outer = scopeOf(active);
  return {
    kind: 'check',
    agentId,
    action,
    outer,
    violated: false,
    refused: undefined,
    policy,
    policies,
    classify,
    given,
  };
}

export const POLICY_CHECK_CALL: CallKind<AskedCheck> = {
  method: 'obs.policyCheck',
  span: POLICY_CHECK,
  ended(parts, check, outcome, durationSeconds, span) {
    const verdict = readVerdict(check, outcome);
    if (typeof verdict === 'string') return recordFailure(parts, check, verdict, durationSeconds);
    const { kernel } = parts;
    const { decision, enforced, provenance } = verdict;
    kernel.countCheck(check.policy, decision, enforced, durationSeconds);
    kernel.unevaluated.count(check.policy, enforced, provenance);
    if (isRecording(span)) show(span, verdict);
    showDecision(kernel, check, verdict);
    if (enforced === 'allowed') {
      if (check.given.request === true) kernel.recordRequest({ action: check.action, status: 'success' });
      return;
    }
    if (enforced === 'unknown' && !outcome.threw) notUnderstood(kernel, check.policy, outcome.value);
    recordRefusal(parts, check, decision, enforced);
  },
};

/** The verdict, or the type of what failed. */
function readVerdict(check: AskedCheck, outcome: Outcome<unknown>): ReadVerdict | string {
  if (outcome.threw) return errorType(outcome.error);
  const { classify } = check;
  return classifiedVerdict(outcome.value as never, { classify }) ?? 'classify_failed';
}

function show(span: Span, { decision, enforced, provenance }: ReadVerdict): void {
  try {
    span.setAttribute(ATTR_DECISION, decision);
    span.setAttribute(ATTR_ENFORCED, enforced);
    span.setAttribute(ATTR_PROVENANCE, provenance);
  } catch {
    // What a span of the host's refuses is not shown; it is counted all the same.
  }
}

function showDecision(
  { registry: { events } }: KernelMetrics,
  check: AskedCheck,
  verdict: ReadVerdict,
): void {
  const { decision, enforced, provenance } = verdict;
  if (!events.takes(enforced, provenance)) return;
  const { agentId, action, policy } = check;
  events.emit('agent_os.decision', {
    [ATTR_AGENT_ID]: agentId,
    [ATTR_ACTION]: action,
    [ATTR_POLICY]: policy,
    [ATTR_DECISION]: decision,
    [ATTR_ENFORCED]: enforced,
    [ATTR_PROVENANCE]: provenance,
  });
}

/** A check that failed is neither allowed nor denied. */
function recordFailure(parts: CallParts, check: AskedCheck, type: string, durationSeconds: number): void {
  const { kernel } = parts;
  const { agentId, action, policy } = check;
  kernel.recordPolicyCheckError({ policy, durationSeconds, errorType: type });
  countRequest(kernel, check, 'error');
  kernel.registry.events.emit('agent_os.decision', {
    [ATTR_AGENT_ID]: agentId,
    [ATTR_ACTION]: action,
    [ATTR_POLICY]: policy,
    [ATTR_ERROR_TYPE]: type,
  });
}

/**
 * What was not allowed. A `deny` is a violation, unless the host or an engine that is instrumented has counted it inside
 * of the check; a `review` or a wish for approval is none, since nothing was broken.
 */
function recordRefusal(
  parts: CallParts,
  check: AskedCheck,
  decision: Decision,
  enforced: 'denied' | 'unknown',
): void {
  const { kernel } = parts;
  const { agentId, action, policy } = check;
  const { severity = 'high', violation } = check.given;
  const execution = around(check, 'execution');
  if (execution?.agentId === agentId && execution.action === action) execution.refused ??= enforced;
  countRequest(kernel, check, enforced);
  if (decision !== 'deny' || violation === false || check.violated || around(check, 'check')) return;
  const blocked = enforced === 'denied';
  recordViolation(parts, { agentId, action, policy, severity, blocked });
}

/** A request ends where it is refused; what is allowed is counted by who runs it. */
function countRequest(
  kernel: KernelMetrics,
  check: AskedCheck,
  status: 'denied' | 'unknown' | 'error',
): void {
  const ends = check.given.request ?? check.outer === undefined;
  if (ends) kernel.recordRequest({ action: check.action, status });
}
