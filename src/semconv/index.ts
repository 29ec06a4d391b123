export * as attributes from './attributes.js';
export {
  METRICS,
  definitionOf,
  type MetricLabels,
  type MetricName,
  type MetricNameOfKind,
} from './metrics.js';
export {
  EVENTS,
  type EventAttributeName,
  type EventAttributes,
  type EventDefinition,
  type EventName,
  type EventSeverity,
} from './events.js';
export { COMPONENT_RESULTS, type ComponentResult } from './components.js';
export { SPANS, EVENT_AUDIT, EVENT_VIOLATION, type SpanDefinition, type SpanName } from './spans.js';
export {
  RESOURCE_DEPLOYMENT_ENVIRONMENT,
  RESOURCE_SERVICE_NAME,
  RESOURCE_SERVICE_VERSION,
  SCOPE_NAME,
} from './resource.js';
export type {
  GaugeAggregation,
  LabelBound,
  LabelsOf,
  LabelValue,
  MetricDefinition,
  MetricKind,
} from './types.js';
export {
  CHECK_RESULTS,
  CONFIDENCE_LEVELS,
  DEAD_LETTER_REASONS,
  DECISIONS,
  DROP_REASONS,
  ENFORCEMENTS,
  OVERFLOW,
  PRIORITIES,
  RATE_WINDOW,
  RECOVERY_STATUSES,
  SEVERITIES,
  SIGNALS,
  STATUSES,
  STOPPED_STATES,
  TELEMETRY_SIGNALS,
  UNKNOWN,
  VERIFICATION_RESULTS,
  type CheckResult,
  type ConfidenceLevel,
  type DeadLetterReason,
  type Decision,
  type DropReason,
  type Enforcement,
  type Priority,
  type RecoveryStatus,
  type Severity,
  type Signal,
  type Status,
  type StoppedState,
  type TelemetrySignal,
  type VerificationResult,
} from './values.js';
