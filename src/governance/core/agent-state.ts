import type { GovernanceState } from './governance-state.js';

/** A kill that has happened. */
export interface Kill {
  readonly agentId: string;
  /** Whom the kill names: a session by its DID, or an agent, with all sessions that are known, by its id. */
  readonly identity: string;
  /** The `reason` label. */
  readonly reason: string;
  /** A substitute has taken over. */
  readonly handedOver: boolean;
  /** What the SDK returned for it, by which one kill is counted once. */
  readonly result: object;
}

/**
 * Counts a SIGKILL that was sent. Where a substitute took over, that is the recovery; else the agent recovers when its
 * lifecycle makes it active again.
 */
export function recordKill(state: GovernanceState, kill: Kill, startMs: number): void {
  const { telemetry, tracker, counted } = state;
  const { agentId, identity, reason, handedOver, result } = kill;
  counted.add(result);
  telemetry.kernel.recordSignal({ signal: 'SIGKILL', reason, agentId });
  tracker.killed({ identity, agentId }, startMs, handedOver);
  if (!handedOver) return;
  telemetry.kernel.recordRecovery({ success: true, durationSeconds: telemetry.secondsSince(startMs) });
}
