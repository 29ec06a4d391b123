import type { Status } from '../../semconv/values.js';
import type { Agent } from './agent-tracker.js';
import type { GovernanceState } from './governance-state.js';

/**
 * Counts a check of an engine that is used alone as the request that it is: how it ended, the kernel's time, and the agent
 * that asks, who is active by asking.
 */
export function recordBareRequest(
  { telemetry, seen }: GovernanceState,
  agent: Agent | undefined,
  action: string,
  status: Status,
  durationSeconds: number,
): void {
  const { kernel } = telemetry;
  kernel.recordRequest({ action, status });
  kernel.recordKernelLatency({ durationSeconds });
  if (agent !== undefined) seen.asked(agent);
}
