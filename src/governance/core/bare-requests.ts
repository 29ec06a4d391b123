import { CALL_SCOPE } from '../../instruments/call-scope.js';
import type { Status } from '../../semconv/values.js';
import { activeValue } from '../../tracing/active-context.js';
import type { Agent } from './agent-tracker.js';
import type { GovernanceState } from './governance-state.js';

/**
 * Counts a check of an engine that is used alone as the request that it is: how it ended, the kernel's time, and the agent
 * that asks, who is active by asking. A check inside of a call of the handle, as `obs.execute`, is a part of that request.
 */
export function recordBareRequest(
  { telemetry, seen }: GovernanceState,
  agent: Agent | undefined,
  action: string,
  status: Status,
  durationSeconds: number,
): void {
  const { kernel } = telemetry;
  if (activeValue(CALL_SCOPE) === undefined) kernel.recordRequest({ action, status });
  kernel.recordKernelLatency({ durationSeconds });
  if (agent !== undefined) seen.asked(agent);
}
