import { slugText } from '../cardinality/label-text.js';
import type { GovernanceEvents } from '../events/governance-events.js';
import {
  ATTR_AGENT_ID,
  ATTR_CONTAINMENT_SECONDS,
  ATTR_ERROR_TYPE,
  ATTR_KILL_OUTCOME,
  ATTR_REASON,
} from '../semconv/attributes.js';
import type { KillOutcome } from '../semconv/values.js';

/** How an attempt to kill an agent went, as its event has it. */
export interface ToldKill {
  readonly agentId: string;
  readonly reason: string;
  readonly outcome: KillOutcome;
  readonly durationSeconds?: number | undefined;
  /** Of what it threw. */
  readonly errorType?: string | undefined;
}

/** One event for each attempt: of a kill that hangs, that it did; when it ends after all, its metrics say so. */
export function showKill(events: GovernanceEvents, kill: ToldKill): void {
  if (!events.on) return;
  const { agentId, reason, outcome, durationSeconds, errorType } = kill;
  events.emit('agent_os.kill', {
    [ATTR_AGENT_ID]: agentId,
    [ATTR_KILL_OUTCOME]: outcome,
    [ATTR_REASON]: slugText(reason),
    [ATTR_CONTAINMENT_SECONDS]: outcome === 'stopped' ? durationSeconds : undefined,
    [ATTR_ERROR_TYPE]: outcome === 'timed_out' ? 'timeout' : errorType,
  });
}
