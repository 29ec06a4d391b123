export { initObservability } from './init-observability.js';
export type { Endpoint, Observability } from './observability.js';
export type { Recorders } from './observability.js';
export { genAiBridge, type GenAiProcessor, type GenAiRecorders } from './genai/genai-bridge.js';
export type {
  EventsOptions,
  MetricsOptions,
  ObservabilityOptions,
  OtlpOptions,
  PrometheusOptions,
  TracesOptions,
  WorkersOptions,
} from './options/options.js';
export type {
  HostLoggerProvider,
  HttpAgentOptions,
  Logger,
  LoggerOptions,
  LoggerProvider,
  LogRecord,
  LogValue,
  LogValueMap,
  MetricReader,
  Sampler,
  SpanProcessor,
  ViewOptions,
} from './common/host-types.js';
export { GovernanceEvents, type EventSettings } from './events/governance-events.js';
export type { EventAttributeName, EventAttributes, EventName, EventSeverity } from './semconv/index.js';
export { ERRORS, ObservabilityError, type ErrorCode, type OptionProblem } from './diagnostics/errors.js';
export {
  AgentMetrics,
  AmbMetrics,
  ApprovalMetrics,
  CmvkMetrics,
  ComponentMetrics,
  DEFAULT_CARDINALITY_LIMITS,
  DEFAULT_LABEL_CAPS,
  enforcementOf,
  KernelMetrics,
  KillMetrics,
  type ApprovalAnswer,
  type ApprovalOutcome,
  type ApprovalQuestion,
  type ApprovedRun,
  type ApproverClass,
  type CardinalityLimits,
  type CheckedPolicy,
  type CheckResult,
  type Classify,
  type ClassifyingOptions,
  type Clock,
  type ComponentResult,
  type DeadLetterReason,
  type DecidedPolicy,
  type Decision,
  type Enforcement,
  type InstrumentOptions,
  type KillOptions,
  type KillOrder,
  type KillOutcome,
  type LabelCaps,
  type MessagePassage,
  type PolicyCheckOptions,
  type PendingApproval,
  type Priority,
  type Provenance,
  type RunningKill,
  type Severity,
  type Signal,
  type Status,
  type StoppedState,
  type Timer,
  type TokenUsage,
  type VerificationResult,
  type VerdictMember,
  type VerdictObject,
  type Verdictlike,
  type VerdictOrigin,
  type Verification,
  type Violation,
} from './instruments/index.js';
export type { AmbCalls } from './messaging/amb-calls.js';
export type { MessageCarrier } from './messaging/carrier.js';
export type { BusMessage, ProcessedMessage, PublishedMessage } from './messaging/messages.js';
export { injectMcp, withMcpContext, type CarryingContext } from './messaging/mcp-meta.js';
export {
  KernelTracer,
  type ExecutionSpan,
  type KernelTracerOptions,
  type ManualSpan,
  type PolicyCheckSpan,
  type SignalSpan,
  type SpanAttributes,
  type SpanWork,
  type VerificationSpan,
  type ViolationSpan,
} from './tracing/index.js';
export type {
  ExecutionCall,
  KernelVerbs,
  PolicyCheckBasics,
  PolicyCheckCall,
  SignalCall,
} from './calls/kernel-verbs.js';
export { createMetricsHandler, type MetricsHandlerOptions } from './http/metrics-handler.js';
export type {
  MetricsHandler,
  MetricsHandlerSource,
  MetricsRequest,
  MetricsResponse,
} from './http/adapter.js';
export type {
  ExpositionFormat,
  ExpositionPage,
  ExpositionRequest,
  ExpositionSource,
  ExpositionVariant,
  NameEscaping,
} from './exposition/exposition-source.js';
export type { DiagnosticsLevel } from './diagnostics/console-logger.js';
export type { ExceptionDetail, Redact } from './diagnostics/redaction.js';
export { startMetricsServer, type MetricsServer, type MetricsServerOptions } from './http/metrics-server.js';
export type { BasicAuth, BearerAuth, EndpointAuth } from './http/credentials.js';
export type { EndpointTls } from './http/tls-identity.js';
export type { HostList } from './http/host-names.js';
export type { MetricsServerAddress } from './http/server-address.js';
export { VERSION } from './semconv/resource.js';
