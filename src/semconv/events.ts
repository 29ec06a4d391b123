import {
  ATTR_ACTION,
  ATTR_AGENT_ID,
  ATTR_AUDIT_HASH,
  ATTR_CONTAINMENT_SECONDS,
  ATTR_DECISION,
  ATTR_ENFORCED,
  ATTR_ERROR_TYPE,
  ATTR_KILL_OUTCOME,
  ATTR_APPROVAL_OUTCOME,
  ATTR_APPROVER_CLASS,
  ATTR_BLOCKED,
  ATTR_CLAIM_ID,
  ATTR_DRIFT_SCORE,
  ATTR_FROM_STATE,
  ATTR_POLICY,
  ATTR_PROVENANCE,
  ATTR_REASON,
  ATTR_RULE,
  ATTR_SEVERITY,
  ATTR_SIGNAL,
  ATTR_STATE,
  ATTR_TOPIC,
  ATTR_VERIFICATION_RESULT,
  ATTR_WAIT_SECONDS,
} from './attributes.js';

/** How grave an event is, as the log data model names it. */
export type EventSeverity = 'INFO' | 'WARN' | 'ERROR' | 'FATAL';

/** One event of the contract: a named log record, never sampled, without content. */
export interface EventDefinition {
  readonly description: string;
  /** Where the one who records says nothing else. */
  readonly severity: EventSeverity;
  readonly attributes: readonly string[];
}

export const EVENTS = {
  'agent_os.violation': {
    description: 'An agent broke a policy.',
    severity: 'ERROR',
    attributes: [
      ATTR_AGENT_ID,
      ATTR_ACTION,
      ATTR_POLICY,
      ATTR_RULE,
      ATTR_SEVERITY,
      ATTR_BLOCKED,
      ATTR_REASON,
    ],
  },
  'agent_os.decision': {
    description: 'A verdict that denied, was not understood or was made up without an evaluation.',
    severity: 'WARN',
    attributes: [
      ATTR_AGENT_ID,
      ATTR_ACTION,
      ATTR_POLICY,
      ATTR_RULE,
      ATTR_DECISION,
      ATTR_ENFORCED,
      ATTR_PROVENANCE,
      ATTR_ERROR_TYPE,
    ],
  },
  'agent_os.signal': {
    description: 'A signal was sent to an agent.',
    severity: 'WARN',
    attributes: [ATTR_AGENT_ID, ATTR_SIGNAL, ATTR_REASON],
  },
  'agent_os.kill': {
    description: 'An agent was to be killed; the outcome says whether something was stopped.',
    severity: 'ERROR',
    attributes: [ATTR_AGENT_ID, ATTR_KILL_OUTCOME, ATTR_REASON, ATTR_CONTAINMENT_SECONDS, ATTR_ERROR_TYPE],
  },
  'agent_os.approval': {
    description: 'An approval was asked for or answered, or did not hold for the action that ran.',
    severity: 'INFO',
    attributes: [
      ATTR_AGENT_ID,
      ATTR_ACTION,
      ATTR_POLICY,
      ATTR_APPROVAL_OUTCOME,
      ATTR_APPROVER_CLASS,
      ATTR_WAIT_SECONDS,
    ],
  },
  'agent_os.lifecycle': {
    description: 'An agent changed its state.',
    severity: 'INFO',
    attributes: [ATTR_AGENT_ID, ATTR_FROM_STATE, ATTR_STATE, ATTR_REASON],
  },
  'agent_os.audit': {
    description: 'An entry of the audit log.',
    severity: 'INFO',
    attributes: [ATTR_AGENT_ID, ATTR_ACTION, ATTR_DECISION, ATTR_AUDIT_HASH],
  },
  'agent_os.verification': {
    description: 'A claim was cross-verified by several models.',
    severity: 'INFO',
    attributes: [ATTR_CLAIM_ID, ATTR_VERIFICATION_RESULT, ATTR_DRIFT_SCORE],
  },
  'agent_os.dead_letter': {
    description: 'A message could not be delivered and was put aside.',
    severity: 'WARN',
    attributes: [ATTR_TOPIC, ATTR_REASON],
  },
} as const satisfies Record<string, EventDefinition>;

export type EventName = keyof typeof EVENTS;
export type EventAttributeName<N extends EventName> = (typeof EVENTS)[N]['attributes'][number];
/** What is known of an event; what is undefined is left out. */
export type EventAttributes<N extends EventName> = {
  readonly [K in EventAttributeName<N>]?: string | number | boolean | undefined;
};
