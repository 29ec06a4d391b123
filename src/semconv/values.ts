/** Closed sets of the contract. Each is the single source of its type. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How a governed request or action ended; `unknown`: its verdict was not understood. */
export const STATUSES = ['success', 'error', 'denied', 'unknown'] as const;
export type Status = (typeof STATUSES)[number];

/** How a policy check ended; a check that threw is `error`, one whose answer was not understood `unknown`: neither allowed nor denied. */
export const CHECK_RESULTS = ['allowed', 'denied', 'error', 'unknown'] as const;
export type CheckResult = (typeof CHECK_RESULTS)[number];

/** What a policy said; `unknown`: nobody could tell. */
export const DECISIONS = ['allow', 'deny', 'review', 'warn', 'require_approval', 'log', 'unknown'] as const;
export type Decision = (typeof DECISIONS)[number];

/** What the kernel did about it; `unknown`: nobody could tell. */
export const ENFORCEMENTS = ['allowed', 'denied', 'unknown'] as const;
export type Enforcement = (typeof ENFORCEMENTS)[number];

/**
 * How a verdict came about that nothing was evaluated for: no rule matched, a rate limit was reached, it was kept from
 * before, or it was made up because a backend failed or took too long.
 */
export const UNEVALUATED_PROVENANCES = [
  'default',
  'rate_limited',
  'cached',
  'backend_error',
  'timeout',
] as const;
export type UnevaluatedProvenance = (typeof UNEVALUATED_PROVENANCES)[number];
/** How a verdict came about; `unknown`: there is none that is understood. */
export const PROVENANCES = ['evaluated', ...UNEVALUATED_PROVENANCES, 'unknown'] as const;
export type Provenance = (typeof PROVENANCES)[number];

export const SIGNALS = [
  'SIGSTOP',
  'SIGCONT',
  'SIGINT',
  'SIGKILL',
  'SIGTERM',
  'SIGUSR1',
  'SIGUSR2',
  'SIGPOLICY',
  'SIGTRUST',
  'SIGBUDGET',
  'SIGLOOP',
  'SIGDRIFT',
] as const;
export type Signal = (typeof SIGNALS)[number];

export const RECOVERY_STATUSES = ['success', 'failed'] as const;
export type RecoveryStatus = (typeof RECOVERY_STATUSES)[number];

/** States in which an agent may no longer act. */
export const STOPPED_STATES = ['killed', 'suspended', 'quarantined', 'decommissioned', 'revoked'] as const;
export type StoppedState = (typeof STOPPED_STATES)[number];

/**
 * How an attempt to kill an agent went. `nothing_stopped`: no handler ran, so nothing was stopped. `failed`: a handler
 * threw. `refused`: the kill switch is off. `timed_out`: under way for longer than {@link KILL_TIMEOUT_SECONDS}.
 */
export const KILL_OUTCOMES = ['stopped', 'nothing_stopped', 'failed', 'refused', 'timed_out'] as const;
export type KillOutcome = (typeof KILL_OUTCOMES)[number];
/** A kill that is under way for longer counts as timed out. */
export const KILL_TIMEOUT_SECONDS = 5;

/** How an approval was answered; `escalated`: whoever was asked handed it on. */
export const APPROVAL_OUTCOMES = ['approved', 'denied', 'expired', 'escalated'] as const;
export type ApprovalOutcome = (typeof APPROVAL_OUTCOMES)[number];

/** What kind of approver was asked. A closed set, so that no person is ever named. */
export const APPROVER_CLASSES = ['human', 'model', 'policy', 'service'] as const;
export type ApproverClass = (typeof APPROVER_CLASSES)[number];

export const VERIFICATION_RESULTS = ['verified', 'flagged', 'rejected'] as const;
export type VerificationResult = (typeof VERIFICATION_RESULTS)[number];

export const CONFIDENCE_LEVELS = ['high', 'medium', 'low'] as const;
export type ConfidenceLevel = (typeof CONFIDENCE_LEVELS)[number];

export const PRIORITIES = ['background', 'low', 'normal', 'high', 'urgent', 'critical'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const DEAD_LETTER_REASONS = [
  'handler_error',
  'validation_error',
  'expired',
  'max_retries',
  'rejected',
  'unknown',
] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

/** Which way tokens of a model went: to it, or from it. */
export const TOKEN_TYPES = ['input', 'output'] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];

/** Which stream of telemetry lost something. */
export const TELEMETRY_SIGNALS = ['metrics', 'traces', 'logs'] as const;
export type TelemetrySignal = (typeof TELEMETRY_SIGNALS)[number];

/**
 * Why telemetry was lost or coarsened. `cardinality`: counted, but under `__overflow__`. `invalid_label`: counted, but
 * with the label's value replaced. `unwritable`: a metric that no page can show. `instrument_limit`: an instrument or a
 * meter past what a process may make, which records nothing. The others were not recorded or not delivered.
 */
export const DROP_REASONS = [
  'cardinality',
  'invalid_label',
  'invalid_value',
  'callback_failed',
  'name_conflict',
  'unwritable',
  'instrument_limit',
  'workers',
  'queue_full',
  'export_failed',
  'shutdown_timeout',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** Why the endpoint turned a request or a connection away. */
export const REFUSAL_REASONS = ['unauthenticated', 'host', 'malformed', 'timeout', 'tls', 'sockets'] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** What a socket did that was closed in favour of another: nothing, or something that took too long. */
export const EVICTED_STATES = ['idle', 'slow'] as const;
export type EvictedState = (typeof EVICTED_STATES)[number];

/** The label value for what the caller did not say. */
export const UNKNOWN = 'unknown';
/** The label value that stands for all values past a cap. */
export const OVERFLOW = '__overflow__';
/** The `window` of `agent_os_violation_rate`, and its length. */
export const RATE_WINDOW = '5m';
export const RATE_WINDOW_SECONDS = 300;

/** Stands for a label's name where a limit is met by a whole set of labels. */
export const ALL_LABELS = '*';
