import type { Span } from '@opentelemetry/api';
import {
  ATTR_ACTION,
  ATTR_AGENT_ID,
  ATTR_DECISION,
  ATTR_ENFORCED,
  ATTR_KERNEL_COMPONENT,
  ATTR_POLICIES,
  ATTR_POLICY,
  ATTR_REASON,
  ATTR_SEVERITY,
  ATTR_SIGNAL,
} from '../semconv/attributes.js';
import { SPANS, type SpanName } from '../semconv/spans.js';
import type { Decision, Enforcement, Severity, Signal } from '../semconv/values.js';
import { setAttribute } from './span-lifecycle.js';

export interface PolicyCheckSpan {
  agentId: string;
  action: string;
  policies?: readonly string[];
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
  reason?: string;
}

/** A span of the contract: its name, and what sets its attributes, one by one, on a span that records. */
export interface KernelSpan<About> {
  readonly name: SpanName;
  /** May throw: what it reads is the caller's, and what it sets them on the host's. */
  describe(span: Span, about: About): void;
}

export const POLICY_CHECK = kernelSpan<PolicyCheckSpan>('kernel.policy_check', (span, check) => {
  const { agentId, action, policies, decision, enforced, reason } = check;
  setAttribute(span, ATTR_AGENT_ID, agentId);
  setAttribute(span, ATTR_ACTION, action);
  setAttribute(span, ATTR_POLICIES, policies);
  setAttribute(span, ATTR_DECISION, decision);
  setAttribute(span, ATTR_ENFORCED, enforced);
  setAttribute(span, ATTR_REASON, reason);
});

export const EXECUTE = kernelSpan<ExecutionSpan>('kernel.execute', (span, execution) => {
  const { agentId, action } = execution;
  setAttribute(span, ATTR_AGENT_ID, agentId);
  setAttribute(span, ATTR_ACTION, action);
});

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
