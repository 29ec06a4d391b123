/** Closed sets of the contract. Each is the single source of its type. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How a governed request or action ended. */
export const STATUSES = ['success', 'error', 'denied'] as const;
export type Status = (typeof STATUSES)[number];

/** How a policy check ended; a check that threw is `error`, neither allowed nor denied. */
export const CHECK_RESULTS = ['allowed', 'denied', 'error'] as const;
export type CheckResult = (typeof CHECK_RESULTS)[number];

/** What a policy said. */
export const DECISIONS = ['allow', 'deny', 'review', 'warn', 'require_approval', 'log'] as const;
export type Decision = (typeof DECISIONS)[number];

/** What the kernel did about it. */
export const ENFORCEMENTS = ['allowed', 'denied'] as const;
export type Enforcement = (typeof ENFORCEMENTS)[number];

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
export const STOPPED_STATES = ['killed', 'suspended', 'quarantined'] as const;
export type StoppedState = (typeof STOPPED_STATES)[number];

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

/** Which stream of telemetry lost something. */
export const TELEMETRY_SIGNALS = ['metrics', 'traces'] as const;
export type TelemetrySignal = (typeof TELEMETRY_SIGNALS)[number];

/**
 * Why telemetry was lost or coarsened. `cardinality`: counted, but under `__overflow__`. `invalid_label`: counted, but
 * with the label's value replaced. The others were not recorded or not delivered.
 */
export const DROP_REASONS = [
  'cardinality',
  'invalid_label',
  'invalid_value',
  'callback_failed',
  'name_conflict',
  'workers',
  'queue_full',
  'export_failed',
  'shutdown_timeout',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** The label value for what the caller did not say. */
export const UNKNOWN = 'unknown';
/** The label value that stands for all values past a cap. */
export const OVERFLOW = '__overflow__';
/** The `window` of `agent_os_violation_rate`, and its length. */
export const RATE_WINDOW = '5m';
export const RATE_WINDOW_SECONDS = 300;

/** Stands for a label's name where a limit is met by a whole set of labels. */
export const ALL_LABELS = '*';
