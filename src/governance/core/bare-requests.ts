import { isOwnCheck, type CallScope } from '../../instruments/call-scope.js';
import type { Status } from '../../semconv/values.js';
import type { Agent } from './agent-tracker.js';
import type { GovernanceState } from './governance-state.js';
import { tellRefusal } from './inside-checks.js';

/**
 * Counts a check of an engine that is used alone as the request that it is: how it ended, the kernel's time, and the agent
 * that asks, who is active by asking. A check inside of a call of the handle, as `obs.execute`, is a part of that request.
 *
 * @param scope - the call of the handle that the check is inside of
 * @param awaited - it is refused until somebody approves
 */
export function recordBareRequest(
  { telemetry, seen }: GovernanceState,
  agent: Agent | undefined,
  action: string,
  status: Status,
  durationSeconds: number,
  scope: CallScope | undefined,
  awaited = false,
): void {
  const { kernel } = telemetry;
  if (isOwnCheck(scope, action)) kernel.recordRequest({ action, status });
  if (scope !== undefined) tellRefusal(scope, action, status, awaited);
  kernel.recordKernelLatency({ durationSeconds });
  if (agent !== undefined) seen.asked(agent);
}
