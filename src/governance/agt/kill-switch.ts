import type { KillSwitchResult } from '@microsoft/agent-governance-sdk';
import { agentIdOf } from './labels.js';
import { ATTR_CONTAINMENT_SECONDS } from '../../semconv/attributes.js';
import type { GovernanceState } from './governance-state.js';
import type { InstancePatch, Method } from '../core/instance-patch.js';
import { observe } from '../../common/outcome.js';
import { signalReason } from './labels.js';

export function installKillSwitch(state: GovernanceState, patch: InstancePatch): void {
  patch.method('kill', (original, self, args) => kill(state, original, self, args));
}

/** A kill that fails was not sent: it is an error on its span, and counts nowhere. */
function kill(state: GovernanceState, original: Method, self: unknown, args: unknown[]): unknown {
  const { telemetry } = state;
  const agentId = agentIdOf(args[0]);
  const reason = telemetry.attempt(() => (args[1] as { reason?: unknown } | undefined)?.reason);
  const span = telemetry.start((tracer) =>
    tracer.startSignal({
      agentId,
      signal: 'SIGKILL',
      ...(typeof reason === 'string' && { reason }),
    }),
  );
  const startMs = telemetry.clock();
  return observe(
    () => telemetry.within(span, () => Reflect.apply(original, self, args)),
    (result) => {
      const containmentSeconds = telemetry.secondsSince(startMs);
      telemetry.attempt(() => telemetry.kernel.recordContainment({ durationSeconds: containmentSeconds }));
      telemetry.within(span, () => recordKill(state, result as KillSwitchResult, startMs, args[0]));
      telemetry.end(span, { attributes: { [ATTR_CONTAINMENT_SECONDS]: containmentSeconds } });
    },
    (error) => telemetry.fail(span, error),
  );
}

/**
 * Counts a SIGKILL that was sent, once for each result. Where a substitute took over, that is the recovery; else the
 * agent recovers when its lifecycle makes it active again.
 */
export function recordKill(
  state: GovernanceState,
  result: KillSwitchResult,
  startMs: number,
  agent: unknown = result?.agentId,
): void {
  const { telemetry, tracker } = state;
  telemetry.attempt(() => {
    const agentId = agentIdOf(agent);
    state.counted.add(result);
    const handedOver = typeof result.handoffAgentId === 'string';
    telemetry.kernel.recordSignal({ signal: 'SIGKILL', reason: signalReason(result.reason), agentId });
    tracker.killed(agentId, startMs, handedOver);
    if (!handedOver) return;
    telemetry.kernel.recordRecovery({ success: true, durationSeconds: telemetry.secondsSince(startMs) });
  });
}
