export { KernelMetrics } from './kernel-metrics.js';
export { KillMetrics, type KillOptions, type KillOrder } from './kill-metrics.js';
export type { RunningKill } from './kills-under-way.js';
export type { Violation } from './violation.js';
export { CmvkMetrics, type Verification } from './cmvk-metrics.js';
export { ApprovalMetrics } from './approval-metrics.js';
export type { ApprovalAnswer, ApprovalQuestion, ApprovedRun, PendingApproval } from './pending-approval.js';
export { AgentMetrics, type TokenUsage } from './agent-metrics.js';
export { AmbMetrics, type MessagePassage } from './amb-metrics.js';
export { ComponentMetrics } from './component-metrics.js';
export type { ComponentResult } from '../semconv/components.js';
export type { InstrumentOptions } from './instruments.js';
export type { Timer } from './host-calls.js';
export type { Classify } from './classified.js';
export { enforcementOf } from './verdict.js';
export type { VerdictMember, VerdictObject, Verdictlike } from './verdict-members.js';
export type {
  CheckedPolicy,
  ClassifyingOptions,
  DecidedPolicy,
  PolicyCheckOptions,
  VerdictOrigin,
} from './policy-check.js';
export type {
  ApprovalOutcome,
  ApproverClass,
  CheckResult,
  DeadLetterReason,
  Decision,
  Enforcement,
  KillOutcome,
  Priority,
  Provenance,
  Severity,
  Signal,
  Status,
  StoppedState,
  VerificationResult,
} from '../semconv/values.js';
export {
  DEFAULT_CARDINALITY_LIMITS,
  DEFAULT_LABEL_CAPS,
  type CardinalityLimits,
  type LabelCaps,
} from '../cardinality/cardinality-limits.js';
export type { Clock } from '../common/clock.js';
