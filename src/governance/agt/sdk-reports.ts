import { trace } from '@opentelemetry/api';
import type { AuditEntry, MetricEvent, MetricSink } from '@microsoft/agent-governance-sdk';
import { ATTR_ACTION, ATTR_AGENT_ID, ATTR_AUDIT_HASH, ATTR_DECISION } from '../../semconv/attributes.js';
import { EVENT_AUDIT } from '../../semconv/spans.js';
import type { Decision } from '../../semconv/values.js';
import type { GovernanceState } from '../core/governance-state.js';
import type { InstancePatch } from '../core/installations.js';
import { countViolation } from '../core/request-outcome.js';
import type { Telemetry } from '../core/telemetry.js';
import { enforcedAs, requestStatus } from '../core/verdict.js';
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
  return {
    record(event: MetricEvent): void {
      state.telemetry.attempt(() => {
        if (event.name === 'policy.decision') recordDecision(state, event);
      });
    },
  };
}

function recordDecision(state: GovernanceState, event: MetricEvent): void {
  const { telemetry, installations } = state;
  const { kernel } = telemetry;
  const decision = event.value as Decision;
  if (!installations.any('engine')) {
    kernel.recordDecision({ policy: FLAT_RULES, decision, enforced: enforcedAs(decision) });
  }
  if (installations.any('client') || installations.any('adapter')) return;
  const attributes = event.attributes ?? {};
  const action = actionLabel(attributes.action);
  const agentId = agentIdOf(attributes.agentId);
  kernel.recordRequest({ action, status: requestStatus(decision) });
  if (typeof attributes.durationMs === 'number') {
    kernel.recordKernelLatency({ durationSeconds: attributes.durationMs / 1000 });
  }
  if (decision === 'deny') countViolation(state, { agentId, action, policy: FLAT_RULES });
}
