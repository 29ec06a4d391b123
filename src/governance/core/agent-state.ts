import { showKill, type ToldKill } from '../../instruments/kill-event.js';
import type { TrackedKill } from '../../instruments/kills-under-way.js';
import type { GovernanceState } from './governance-state.js';

export type { TrackedKill };

/** How an attempt to kill an agent went. */
export interface Kill extends ToldKill {
  /** Whom the kill names: a session by its DID, or an agent, with all sessions that are known, by its id. */
  readonly identity: string;
  /** A substitute has taken over. */
  readonly handedOver?: boolean;
  /** What the SDK returned for it, by which one kill is counted once; undefined where it threw. */
  readonly result?: object | undefined;
}

/**
 * Counts an attempt to kill. Only where something was stopped is the agent killed: one that goes on is active, and verdicts
 * that allow it are no `allowed_after_stop`. Where a substitute took over, that is the recovery; else the agent recovers
 * when its lifecycle makes it active again.
 *
 * @param running - the kill under way, where it was seen to begin
 */
export function recordKill(state: GovernanceState, kill: Kill, startMs: number, running?: TrackedKill): void {
  const { telemetry, tracker, counted } = state;
  const { agentId, identity, reason, outcome, durationSeconds, handedOver = false, result } = kill;
  if (result !== undefined) counted.add(result);
  if (running !== undefined) running.end({ outcome, durationSeconds });
  else telemetry.kills?.countKill({ agentId, reason, outcome, durationSeconds });
  if (running?.late !== true) emitKill(state, kill);
  if (outcome !== 'stopped') return;
  tracker.killed({ identity, agentId }, startMs, handedOver);
  if (!handedOver) return;
  telemetry.kernel.recordRecovery({ success: true, durationSeconds: telemetry.secondsSince(startMs) });
}

export function emitKill({ telemetry: { events } }: GovernanceState, kill: Kill): void {
  if (events !== undefined) showKill(events, kill);
}
