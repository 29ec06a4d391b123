export { KernelMetrics } from './kernel-metrics.js';
export type { Violation } from './violation.js';
export { CmvkMetrics, type Verification } from './cmvk-metrics.js';
export { ApprovalMetrics } from './approval-metrics.js';
export type { ApprovalAnswer, ApprovalQuestion, ApprovedRun, PendingApproval } from './pending-approval.js';
export { AgentMetrics } from './agent-metrics.js';
export { AmbMetrics, type MessagePassage } from './amb-metrics.js';
export type { InstrumentOptions } from './instruments.js';
export type { Timer } from './host-calls.js';
export {
  enforcementOf,
  type Classify,
  type VerdictMember,
  type VerdictObject,
  type Verdictlike,
} from './verdict.js';
export type {
  ApprovalOutcome,
  ApproverClass,
  CheckResult,
  DeadLetterReason,
  Decision,
  Enforcement,
  Priority,
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
