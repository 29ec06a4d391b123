import type { MetricEvent, MetricSink } from '@microsoft/agent-governance-sdk';
import type { Decision } from '../../semconv/values.js';
import { UNKNOWN } from '../../semconv/values.js';
import { agentIdOf } from './labels.js';
import type { GovernanceState } from './governance-state.js';
import { FLAT_RULES } from './policy-verdict.js';

/** A sink that records what no wrapper records already. */
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
  const allowed = decision === 'allow';
  if (!installations.any('engine')) {
    kernel.recordDecision({ policy: FLAT_RULES, decision, enforced: allowed ? 'allowed' : 'denied' });
  }
  if (installations.any('client') || installations.any('adapter')) return;
  const attributes = event.attributes ?? {};
  const action = typeof attributes.action === 'string' ? attributes.action : UNKNOWN;
  const agentId = agentIdOf(attributes.agentId);
  kernel.recordRequest({ action, status: allowed ? 'success' : 'denied' });
  if (typeof attributes.durationMs === 'number') {
    kernel.recordKernelLatency({ durationSeconds: attributes.durationMs / 1000 });
  }
  if (decision !== 'deny') return;
  const violation = { agentId, action, policy: FLAT_RULES };
  kernel.recordViolation({ ...violation, severity: state.severityOf(violation) });
  kernel.recordBlocked({ agentId, action });
}
