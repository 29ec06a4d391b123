import type { GovernanceResult } from '@microsoft/agent-governance-sdk';
import { ATTR_ACTION, ATTR_DECISION, ATTR_ENFORCED, ATTR_REASON } from '../../semconv/attributes.js';
import type { Status } from '../../semconv/values.js';
import type { GovernanceState, ViolationContext } from './governance-state.js';
import type { GovernedRequest } from '../core/governed-request.js';
import { recordKill } from './kill-switch.js';
import type { Telemetry } from '../core/telemetry.js';

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
  request.counted = true;
  state.telemetry.within(request.span, countVerdict, state, request, verdict);
}

function countVerdict(state: GovernanceState, request: GovernedRequest, verdict: RequestVerdict): void {
  const { telemetry, tracker } = state;
  try {
    const { agentId, action, result, durationSeconds } = verdict;
    const { kernel } = telemetry;
    const allowed = result.decision === 'allow';
    kernel.recordRequest({ action, status: allowed ? 'success' : 'denied' });
    kernel.recordKernelLatency({ durationSeconds });
    describe(telemetry, request, verdict);
    if (allowed && tracker.anyStopped) {
      const stopped = tracker.stateOf(agentId);
      if (stopped !== undefined) kernel.recordAllowedAfterStop({ agentId, action, state: stopped });
    }
    if (result.decision === 'deny') recordDenial(state, verdict);
    const { killSwitchResult: kill } = result;
    if (kill && !state.counted.has(kill)) recordKill(state, kill, request.startMs);
  } catch (error) {
    telemetry.failed(error);
  }
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

function describe(telemetry: Telemetry, request: GovernedRequest, verdict: RequestVerdict): void {
  if (!telemetry.isRecording(request.span)) return;
  const { action, result } = verdict;
  const { span } = request.span;
  span.setAttribute(ATTR_ACTION, action);
  span.setAttribute(ATTR_DECISION, result.decision);
  span.setAttribute(ATTR_ENFORCED, result.decision === 'allow' ? 'allowed' : 'denied');
  if (result.ringViolation) span.setAttribute(ATTR_REASON, result.ringViolation.message);
  telemetry.showInput(span, verdict.input);
}
