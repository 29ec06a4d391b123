import { trace } from '@opentelemetry/api';
import type { AuditEntry } from '@microsoft/agent-governance-sdk';
import { ATTR_AUDIT_HASH, ATTR_DECISION } from '../../semconv/attributes.js';
import { EVENT_AUDIT } from '../../semconv/spans.js';
import type { GovernanceState } from './governance-state.js';
import type { InstancePatch } from '../core/instance-patch.js';
import type { Telemetry } from '../core/telemetry.js';

/** Each entry leaves its hash on the active span: from a trace one finds the evidence, and from that the trace. */
export function installAuditLogger(state: GovernanceState, patch: InstancePatch): void {
  const { telemetry } = state;
  patch.method('log', (original, self, args) => {
    const entry = Reflect.apply(original, self, args);
    if (telemetry.tracer) annotate(telemetry, entry as AuditEntry);
    return entry;
  });
}

function annotate(telemetry: Telemetry, entry: AuditEntry): void {
  try {
    const span = trace.getActiveSpan();
    if (!span?.isRecording()) return;
    span.addEvent(EVENT_AUDIT, { [ATTR_AUDIT_HASH]: entry.hash, [ATTR_DECISION]: entry.decision });
  } catch (error) {
    telemetry.failed(error);
  }
}
