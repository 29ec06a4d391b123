import type { GovernanceResult } from '@microsoft/agent-governance-sdk';
import * as attr from '../semconv/attributes.js';
import type { Status } from '../semconv/values.js';
import type { GovernanceState, ViolationContext } from './governance-state.js';
import type { GovernedRequest } from './governed-request.js';
import { recordKill } from './kill-switch.js';

/** The policy label of a breach of the execution rings. */
export const EXECUTION_RING = 'execution_ring';

export interface RequestVerdict {
  readonly agentId: string;
  readonly action: string;
  readonly result: GovernanceResult;
  /** The kernel's own time, without the action. */
  readonly durationSeconds: number;
  /** The policy label of a denial. */
  readonly policy: string;
  readonly input: unknown;
}

/**
 * Counts a request by its verdict. `deny` and a ring breach are violations, and blocked. `review` is denied as long as
 * nobody has approved, but it is no violation: the policy asked for a person, and nothing was broken.
 */
export function recordVerdict(
  state: GovernanceState,
  request: GovernedRequest,
  verdict: RequestVerdict,
): void {
  const { telemetry } = state;
  const { agentId, action, result, durationSeconds } = verdict;
  request.counted = true;
  telemetry.within(request.span, () =>
    telemetry.attempt(() => {
      const { kernel } = telemetry;
      kernel.recordRequest({ action, status: result.decision === 'allow' ? 'success' : 'denied' });
      kernel.recordKernelLatency({ durationSeconds });
      describe(state, request, verdict);
      if (result.decision === 'allow') {
        const stopped = state.tracker.anyStopped ? state.tracker.stateOf(agentId) : undefined;
        if (stopped !== undefined) kernel.recordAllowedAfterStop({ agentId, action, state: stopped });
      }
      if (result.decision === 'deny') recordDenial(state, verdict);
      const { killSwitchResult: kill } = result;
      if (kill && !state.counted.has(kill)) recordKill(state, kill, request.startMs);
    }),
  );
}

/** Counts a request that got no verdict. */
export function recordFailedRequest(
  state: GovernanceState,
  request: GovernedRequest,
  action: string,
  durationSeconds: number,
): void {
  const { telemetry } = state;
  request.counted = true;
  telemetry.within(request.span, () =>
    telemetry.attempt(() => {
      telemetry.kernel.recordRequest({ action, status: 'error' satisfies Status });
      telemetry.kernel.recordKernelLatency({ durationSeconds });
    }),
  );
}

function recordDenial(state: GovernanceState, verdict: RequestVerdict): void {
  const { agentId, action } = verdict;
  const { ringViolation } = verdict.result;
  const policy = ringViolation ? EXECUTION_RING : verdict.policy;
  const violation: ViolationContext = { agentId, action, policy, ringViolation };
  const reason = ringViolation?.message;
  const about = {
    agentId,
    action,
    policy,
    severity: state.severityOf(violation),
    ...(reason !== undefined && { reason }),
  };
  const { telemetry } = state;
  telemetry.kernel.recordViolation(about);
  telemetry.kernel.recordBlocked({ agentId, action });
  telemetry.end(telemetry.start((tracer) => tracer.startViolation(about)));
}

function describe(state: GovernanceState, request: GovernedRequest, verdict: RequestVerdict): void {
  const { telemetry } = state;
  if (!telemetry.isRecording(request.span)) return;
  const { result } = verdict;
  const { span } = request.span;
  span.setAttribute(attr.ATTR_ACTION, verdict.action);
  span.setAttribute(attr.ATTR_DECISION, result.decision);
  span.setAttribute(attr.ATTR_ENFORCED, result.decision === 'allow' ? 'allowed' : 'denied');
  if (result.ringViolation) span.setAttribute(attr.ATTR_REASON, result.ringViolation.message);
  for (const [key, value] of Object.entries(telemetry.content(verdict.input) ?? {})) {
    if (value !== undefined) span.setAttribute(key, value as string);
  }
}
