import { trace } from '@opentelemetry/api';
import type { AuditEntry, MetricEvent, MetricSink } from '@microsoft/agent-governance-sdk';
import { ATTR_ACTION, ATTR_AGENT_ID, ATTR_AUDIT_HASH, ATTR_DECISION } from '../../semconv/attributes.js';
import { EVENT_AUDIT } from '../../semconv/spans.js';
import type { Decision } from '../../semconv/values.js';
import type { GovernanceState } from '../core/governance-state.js';
import type { InstancePatch } from '../core/installations.js';
import type { Telemetry } from '../core/telemetry.js';
import { enforcedAs, requestStatus } from '../core/verdict.js';
import { countViolation, isViolation } from '../core/violations.js';
import { actionLabel, agentIdOf, FLAT_RULES } from './labels.js';

/**
 * Follows an audit log: each entry is an event with its hash, and leaves that on the active span. So one finds the evidence
 * from the trace, and the trace from the evidence.
 */
export function installAuditLogger(state: GovernanceState, patch: InstancePatch): void {
  const { telemetry } = state;
  patch.method('log', (original, self, args) => {
    const entry = Reflect.apply(original, self, args);
    telemetry.attempt(() => emitEntry(telemetry, entry as AuditEntry));
    if (telemetry.tracer && telemetry.events?.spanEvents !== false)
      annotateActiveSpan(telemetry, entry as AuditEntry);
    return entry;
  });
}

function emitEntry({ events }: Telemetry, { agentId, action, decision, hash }: AuditEntry): void {
  events?.emit('agent_os.audit', {
    [ATTR_AGENT_ID]: agentIdOf(agentId),
    [ATTR_ACTION]: actionLabel(action),
    [ATTR_DECISION]: decision,
    [ATTR_AUDIT_HASH]: hash,
  });
}

function annotateActiveSpan(telemetry: Telemetry, entry: AuditEntry): void {
  try {
    const span = trace.getActiveSpan();
    if (!span?.isRecording()) return;
    span.addEvent(EVENT_AUDIT, { [ATTR_AUDIT_HASH]: entry.hash, [ATTR_DECISION]: entry.decision });
  } catch (error) {
    telemetry.failed(error);
  }
}

/** A sink for the SDK's own metrics that records what no wrapper records already. */
export function governanceMetricSink(state: GovernanceState): MetricSink {
  state.reports.expected = true;
  return {
    record(event: MetricEvent): void {
      state.telemetry.attempt(() => {
        if (event.name === 'policy.decision') recordDecision(state, event);
        if (event.name === 'trust.score') recordTrust(state, event);
      });
    },
  };
}

function recordTrust({ telemetry }: GovernanceState, { value, attributes }: MetricEvent): void {
  if (typeof value !== 'number') return;
  telemetry.component?.recordTrust({ agentId: agentIdOf(attributes?.agentId), score: value });
}

/** An adapter that is instrumented itself counts its request when it has ended. */
function recordDecision(state: GovernanceState, event: MetricEvent): void {
  if (state.requests.current()?.adapter !== undefined) return;
  const { kernel } = state.telemetry;
  const decision = event.value as Decision;
  const attributes = event.attributes ?? {};
  const { durationMs } = attributes;
  const action = actionLabel(attributes.action);
  const counted = state.reports.take(action, decision, durationMs);
  if (counted?.request === true) return;
  const enforced = enforcedAs(decision);
  if (counted === undefined) kernel.recordDecision({ policy: FLAT_RULES, decision, enforced });
  kernel.recordRequest({ action, status: requestStatus(decision) });
  if (typeof durationMs === 'number') kernel.recordKernelLatency({ durationSeconds: durationMs / 1000 });
  if (!isViolation(decision, enforced)) return;
  const agentId = agentIdOf(attributes.agentId);
  countViolation(state, { agentId, action, policy: FLAT_RULES, blocked: enforced === 'denied' });
}
