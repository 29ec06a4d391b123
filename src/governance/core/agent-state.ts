import { shortReason } from '../../instruments/kill-metrics.js';
import type { TrackedKill } from '../../instruments/kills-under-way.js';
import {
  ATTR_AGENT_ID,
  ATTR_CONTAINMENT_SECONDS,
  ATTR_ERROR_TYPE,
  ATTR_KILL_OUTCOME,
  ATTR_REASON,
} from '../../semconv/attributes.js';
import type { KillOutcome } from '../../semconv/values.js';
import type { GovernanceState } from './governance-state.js';

export type { TrackedKill };

/** How an attempt to kill an agent went. */
export interface Kill {
  readonly agentId: string;
  /** Whom the kill names: a session by its DID, or an agent, with all sessions that are known, by its id. */
  readonly identity: string;
  /** The `reason` label. */
  readonly reason: string;
  readonly outcome: KillOutcome;
  /** A substitute has taken over. */
  readonly handedOver?: boolean;
  /** What the SDK returned for it, by which one kill is counted once; undefined where it threw. */
  readonly result?: object | undefined;
  /** Where it was timed. */
  readonly durationSeconds?: number | undefined;
  /** Of what it threw. */
  readonly errorType?: string | undefined;
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
  else telemetry.kills?.recordKill({ agentId, reason, outcome, durationSeconds });
  if (running?.late !== true) emitKill(state, kill);
  if (outcome !== 'stopped') return;
  tracker.killed({ identity, agentId }, startMs, handedOver);
  if (!handedOver) return;
  telemetry.kernel.recordRecovery({ success: true, durationSeconds: telemetry.secondsSince(startMs) });
}

/** One event for each attempt: of a kill that hangs, that it did; when it ends after all, its span and metrics say so. */
export function emitKill({ telemetry }: GovernanceState, kill: Kill): void {
  const { agentId, reason, outcome, durationSeconds, errorType } = kill;
  telemetry.events?.emit('agent_os.kill', {
    [ATTR_AGENT_ID]: agentId,
    [ATTR_KILL_OUTCOME]: outcome,
    [ATTR_REASON]: shortReason(reason),
    [ATTR_CONTAINMENT_SECONDS]: outcome === 'stopped' ? durationSeconds : undefined,
    [ATTR_ERROR_TYPE]: errorType,
  });
}
