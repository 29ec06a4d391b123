import type { Context, Span } from '@opentelemetry/api';
import { errorType, type Outcome } from '../common/outcome.js';
import { CALL_KEYS } from '../instruments/call-keys.js';
import {
  executionAround,
  hear,
  heardAs,
  isOwnCheck,
  isSilenced,
  refuse,
  scopeOf,
  type CallScope,
  type HeardVerdict,
} from '../instruments/call-scope.js';
import type { Classify, KernelMetrics } from '../instruments/index.js';
import { notUnderstood } from '../instruments/policy-check.js';
import { classifiedVerdict } from '../instruments/classified.js';
import { verdict as verdictOf, type ReadVerdict } from '../instruments/verdict-words.js';
import { asksSomebody, isViolation } from '../instruments/violation.js';
import {
  ATTR_ACTION,
  ATTR_AGENT_ID,
  ATTR_DECISION,
  ATTR_ENFORCED,
  ATTR_ERROR_TYPE,
  ATTR_POLICY,
  ATTR_PROVENANCE,
  ATTR_RULE,
} from '../semconv/attributes.js';
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
    open: true,
    violated: false,
    requested: false,
    refused: undefined,
    awaited: undefined,
    ended: undefined,
    streams: 0,
    onLastStream: undefined,
    governed: undefined,
    countedError: undefined,
    heard: undefined,
    failed: undefined,
    wanted: undefined,
    silent: given.violation === false,
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
    const read = readVerdict(check, outcome);
    const heard = heardBeside(check, read);
    if (typeof read === 'string' && heard === undefined)
      return recordFailure(parts, check, read, durationSeconds);
    const { kernel } = parts;
    const verdict = withFailure(parts, check, withHeard(read, heard), heard);
    const { decision, enforced, provenance } = verdict;
    kernel.countCheck(check.policy, decision, enforced, durationSeconds);
    kernel.unevaluated.count(check.policy, enforced, provenance);
    if (isRecording(span)) show(span, verdict);
    showDecision(kernel, check, verdict, heard);
    if (enforced === 'allowed') {
      if (check.given.request === true && !check.requested)
        kernel.recordRequest({ action: check.action, status: 'success' });
      return;
    }
    if (enforced === 'unknown' && !outcome.threw) notUnderstood(kernel, check.policy, outcome.value);
    recordRefusal(parts, check, verdict, heard);
    if (decision === 'require_approval') {
      const { agentId, action, policy } = check;
      const answer = heard?.answer ?? (outcome.threw ? undefined : outcome.value);
      parts.approvals.recordWanted({ agentId, action, policy, verdict: answer }, check);
    }
  },
};

/**
 * What an instrumented engine said inside of the check that the check comes to as well. One that denied has denied also
 * where the host then throws, or gives nothing that is understood: nobody is allowed by that.
 */
function heardBeside(check: AskedCheck, read: ReadVerdict | string): HeardVerdict | undefined {
  if (check.heard === undefined) return undefined;
  const enforced = typeof read === 'string' ? 'unknown' : read.enforced;
  return heardAs(check, enforced === 'unknown' ? 'denied' : enforced);
}

/** The verdict, with what the engine says more of it than the host. */
function withHeard(read: ReadVerdict | string, heard: HeardVerdict | undefined): ReadVerdict {
  if (heard === undefined) return read as ReadVerdict;
  if (typeof read === 'string' || read.enforced !== heard.verdict.enforced) return heard.verdict;
  const { decision, enforced, provenance } = read;
  const plain = decision === 'allow' || decision === 'deny';
  const { verdict } = heard;
  return verdictOf(
    plain ? verdict.decision : decision,
    enforced,
    provenance === 'evaluated' ? verdict.provenance : provenance,
  );
}

/** The verdict, or the type of what failed. */
function readVerdict(check: AskedCheck, outcome: Outcome<unknown>): ReadVerdict | string {
  if (outcome.threw) return errorType(outcome.error);
  const { classify } = check;
  return classifiedVerdict(outcome.value as never, { classify }) ?? 'classify_failed';
}

/**
 * What is answered though an engine has failed inside of the check was made up, unless another engine bears it out. The
 * failure counts with it.
 */
function withFailure(
  { kernel }: CallParts,
  { failed, policy }: AskedCheck,
  verdict: ReadVerdict,
  heard: HeardVerdict | undefined,
): ReadVerdict {
  if (failed === undefined) return verdict;
  kernel.recordPolicyCheckError({ policy, errorType: failed.type });
  const { decision, enforced, provenance } = verdict;
  const madeUp = heard === undefined && provenance === 'evaluated';
  return madeUp ? verdictOf(decision, enforced, failed.how) : verdict;
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
  heard: HeardVerdict | undefined,
): void {
  const { decision, enforced, provenance } = verdict;
  if (!events.takes(enforced, provenance)) return;
  const { agentId, action, policy } = check;
  events.emit('agent_os.decision', {
    [ATTR_AGENT_ID]: agentId,
    [ATTR_ACTION]: action,
    [ATTR_POLICY]: policy,
    [ATTR_RULE]: heard?.rule,
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
 * of the check; a `review` or a wish for approval is none, since nothing was broken. A check of the same agent and action
 * around it counts it, where that comes to the same.
 */
function recordRefusal(
  parts: CallParts,
  check: AskedCheck,
  verdict: ReadVerdict,
  heard: HeardVerdict | undefined,
): void {
  const { kernel } = parts;
  const { agentId, action, policy, outer } = check;
  const { decision } = verdict;
  const enforced = verdict.enforced === 'denied' ? 'denied' : 'unknown';
  const { severity = heard?.severity ?? 'high' } = check.given;
  const isOfSame = (call: CallScope): boolean => call.agentId === agentId && call.action === action;
  const execution = executionAround(check);
  if (execution && isOfSame(execution))
    refuse(execution, enforced, asksSomebody(decision) ? policy : undefined);
  countRequest(kernel, check, enforced);
  if (!isViolation(decision, enforced) || check.violated || isSilenced(check)) return;
  const blocked = enforced === 'denied';
  const rule = heard?.rule;
  if (outer?.kind === 'check' && outer.open && isOfSame(outer))
    return hear(outer, { verdict, answer: undefined, rule, severity });
  recordViolation(parts, {
    agentId,
    action,
    policy,
    severity,
    blocked,
    ...(rule !== undefined && { rule }),
  });
}

/** A request ends where it is refused; what is allowed is counted by who runs it. */
function countRequest(
  kernel: KernelMetrics,
  check: AskedCheck,
  status: 'denied' | 'unknown' | 'error',
): void {
  const { action, given, outer } = check;
  const ends = given.request ?? isOwnCheck(outer, action);
  if (ends && !check.requested) kernel.recordRequest({ action, status });
}
