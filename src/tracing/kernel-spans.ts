import type { Span } from '@opentelemetry/api';
import {
  ATTR_ACTION,
  ATTR_AGENT_ID,
  ATTR_CLAIM_ID,
  ATTR_DECISION,
  ATTR_DRIFT_SCORE,
  ATTR_ENFORCED,
  ATTR_GEN_AI_AGENT_ID,
  ATTR_GEN_AI_OPERATION_NAME,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_KERNEL_COMPONENT,
  ATTR_POLICIES,
  ATTR_POLICY,
  ATTR_REASON,
  ATTR_SEVERITY,
  ATTR_SIGNAL,
  ATTR_VERIFICATION_RESULT,
} from '../semconv/attributes.js';
import { SPANS, type SpanName } from '../semconv/spans.js';
import {
  UNKNOWN,
  type Decision,
  type Enforcement,
  type Severity,
  type Signal,
  type VerificationResult,
} from '../semconv/values.js';
import { setAttribute } from './span-lifecycle.js';

export interface PolicyCheckSpan {
  agentId: string;
  action: string;
  /** The one policy, where there are no {@link PolicyCheckSpan.policies}. */
  policy?: string | undefined;
  policies?: readonly string[] | undefined;
  decision?: Decision;
  enforced?: Enforcement;
  /** Free text. */
  reason?: string;
}
export interface ExecutionSpan {
  agentId: string;
  action: string;
}
export interface SignalSpan {
  agentId: string;
  signal: Signal;
  /** Free text. */
  reason?: string;
}
export interface ViolationSpan {
  agentId: string;
  action: string;
  policy: string;
  severity?: Severity;
  /** Free text. */
  reason?: string | undefined;
}

export interface VerificationSpan {
  claimId?: string;
  result?: VerificationResult;
  /** 0 to 1. */
  driftScore?: number;
  /** How long it took, where it has ended already. */
  durationSeconds?: number;
}

/** A span of the contract: its name, and what sets its attributes, one by one, on a span that records. */
export interface KernelSpan<About> {
  readonly name: SpanName;
  /** May throw: what it reads is the caller's, and what it sets them on the host's. */
  describe(span: Span, about: About): void;
  /** When it began, where that was before it is known; may throw. */
  readonly startTime?: (about: About) => number | undefined;
}

export const POLICY_CHECK = kernelSpan<PolicyCheckSpan>('kernel.policy_check', (span, check) => {
  const { agentId, action, policy, policies, decision, enforced, reason } = check;
  setAttribute(span, ATTR_AGENT_ID, agentId);
  setAttribute(span, ATTR_ACTION, action);
  setAttribute(span, ATTR_POLICIES, policies ?? (policy === undefined ? undefined : [policy]));
  setAttribute(span, ATTR_DECISION, decision);
  setAttribute(span, ATTR_ENFORCED, enforced);
  setAttribute(span, ATTR_REASON, reason);
});

export const EXECUTE = kernelSpan<ExecutionSpan>('kernel.execute', (span, execution) => {
  const { agentId, action } = execution;
  setAttribute(span, ATTR_AGENT_ID, agentId);
  setAttribute(span, ATTR_ACTION, action);
  setAttribute(span, ATTR_GEN_AI_AGENT_ID, agentId);
  showTool(span, action);
});

/** Says what runs as tools for models say it, once that is known. Throws what the span or its SDK throws. */
export function showTool(span: Span, action: string | undefined): void {
  if (action === undefined || action === UNKNOWN) return;
  span.setAttribute(ATTR_GEN_AI_OPERATION_NAME, 'execute_tool');
  span.setAttribute(ATTR_GEN_AI_TOOL_NAME, action);
}

export const SIGNAL = kernelSpan<SignalSpan>('kernel.signal', (span, sent) => {
  const { agentId, signal, reason } = sent;
  setAttribute(span, ATTR_AGENT_ID, agentId);
  setAttribute(span, ATTR_SIGNAL, signal);
  setAttribute(span, ATTR_REASON, reason);
});

export const VIOLATION = kernelSpan<ViolationSpan>('kernel.violation', (span, violation) => {
  const { agentId, action, policy, severity, reason } = violation;
  setAttribute(span, ATTR_AGENT_ID, agentId);
  setAttribute(span, ATTR_ACTION, action);
  setAttribute(span, ATTR_POLICY, policy);
  setAttribute(span, ATTR_SEVERITY, severity);
  setAttribute(span, ATTR_REASON, reason);
});

const verification = kernelSpan<VerificationSpan>('kernel.verification', (span, verification) => {
  const { claimId, result, driftScore } = verification;
  setAttribute(span, ATTR_CLAIM_ID, claimId);
  setAttribute(span, ATTR_VERIFICATION_RESULT, result);
  setAttribute(span, ATTR_DRIFT_SCORE, driftScore);
});
export const VERIFICATION: KernelSpan<VerificationSpan> = {
  ...verification,
  startTime: ({ durationSeconds: seconds }) =>
    seconds !== undefined && seconds >= 0 && seconds < Infinity ? Date.now() - seconds * 1000 : undefined,
};

/** The component comes first: it is shown also where the rest cannot be read. */
function kernelSpan<About>(name: SpanName, describe: KernelSpan<About>['describe']): KernelSpan<About> {
  const { component } = SPANS[name];
  return {
    name,
    describe(span, about) {
      span.setAttribute(ATTR_KERNEL_COMPONENT, component);
      describe(span, about);
    },
  };
}
