import {
  ATTR_ACTION,
  ATTR_AGENT_ID,
  ATTR_DECISION,
  ATTR_ENFORCED,
  ATTR_ERROR_TYPE,
  ATTR_POLICY,
  ATTR_PROVENANCE,
  ATTR_RULE,
} from '../../semconv/attributes.js';
import { UNKNOWN } from '../../semconv/values.js';
import type { Telemetry } from './telemetry.js';
import { isMadeUp, type Verdict } from './verdict.js';

/** What a check was asked, as its event names it. */
interface Asked {
  readonly agentId: string;
  readonly action: string;
}

/** The type of an error of which a backend gives no more than a text. */
export const BACKEND_ERROR = 'BackendError';

/** Tells of a verdict that {@link GovernanceEvents.takes} asks for. */
export function tellDecision({ events }: Telemetry, asked: Asked, verdict: Verdict, policy: string): void {
  const madeUp = isMadeUp(verdict.provenance);
  events?.emit(
    'agent_os.decision',
    {
      [ATTR_AGENT_ID]: asked.agentId,
      [ATTR_ACTION]: asked.action,
      [ATTR_POLICY]: policy,
      [ATTR_RULE]: verdict.rule,
      [ATTR_DECISION]: verdict.decision,
      [ATTR_ENFORCED]: verdict.enforced,
      [ATTR_PROVENANCE]: verdict.provenance,
      [ATTR_ERROR_TYPE]: madeUp ? BACKEND_ERROR : undefined,
    },
    madeUp && verdict.enforced !== 'denied' ? 'ERROR' : undefined,
  );
}

/** What a check that throws leads to is the host's affair: nobody here knows. */
export function tellFailedCheck({ events }: Telemetry, asked: Asked, policy: string, type: string): void {
  events?.emit('agent_os.decision', {
    [ATTR_AGENT_ID]: asked.agentId,
    [ATTR_ACTION]: asked.action,
    [ATTR_POLICY]: policy,
    [ATTR_DECISION]: UNKNOWN,
    [ATTR_ENFORCED]: UNKNOWN,
    [ATTR_PROVENANCE]: UNKNOWN,
    [ATTR_ERROR_TYPE]: type,
  });
}
