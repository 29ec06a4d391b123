import {
  ATTR_ACTION,
  ATTR_AGENT_ID,
  ATTR_CLAIM_ID,
  ATTR_CONTAINMENT_SECONDS,
  ATTR_CONTENT_INPUT,
  ATTR_CONTENT_OUTPUT,
  ATTR_DECISION,
  ATTR_DRIFT_SCORE,
  ATTR_ENFORCED,
  ATTR_ERROR_TYPE,
  ATTR_GEN_AI_AGENT_ID,
  ATTR_GEN_AI_OPERATION_NAME,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_KERNEL_COMPONENT,
  ATTR_KILL_OUTCOME,
  ATTR_POLICIES,
  ATTR_POLICY,
  ATTR_PROVENANCE,
  ATTR_REASON,
  ATTR_SEVERITY,
  ATTR_SIGNAL,
  ATTR_VERIFICATION_RESULT,
} from './attributes.js';

/** One span of the contract. All are INTERNAL, nest under the active span and are made active. */
export interface SpanDefinition {
  readonly description: string;
  readonly component: 'policy_engine' | 'dispatcher' | 'signal_dispatcher' | 'verifier';
  readonly attributes: readonly string[];
}

export const SPANS = {
  'kernel.policy_check': {
    description: 'The policies are evaluated for one action.',
    component: 'policy_engine',
    attributes: [
      ATTR_AGENT_ID,
      ATTR_ACTION,
      ATTR_POLICIES,
      ATTR_DECISION,
      ATTR_ENFORCED,
      ATTR_PROVENANCE,
      ATTR_REASON,
      ATTR_CONTENT_INPUT,
      ATTR_CONTENT_OUTPUT,
      ATTR_KERNEL_COMPONENT,
      ATTR_ERROR_TYPE,
    ],
  },
  'kernel.execute': {
    description: 'One governed action, from request to result.',
    component: 'dispatcher',
    attributes: [
      ATTR_AGENT_ID,
      ATTR_ACTION,
      ATTR_GEN_AI_AGENT_ID,
      ATTR_GEN_AI_OPERATION_NAME,
      ATTR_GEN_AI_TOOL_NAME,
      ATTR_DECISION,
      ATTR_ENFORCED,
      ATTR_REASON,
      ATTR_CONTENT_INPUT,
      ATTR_CONTENT_OUTPUT,
      ATTR_KERNEL_COMPONENT,
      ATTR_ERROR_TYPE,
    ],
  },
  'kernel.signal': {
    description: 'A signal is sent to an agent.',
    component: 'signal_dispatcher',
    attributes: [
      ATTR_AGENT_ID,
      ATTR_SIGNAL,
      ATTR_REASON,
      ATTR_KILL_OUTCOME,
      ATTR_CONTAINMENT_SECONDS,
      ATTR_KERNEL_COMPONENT,
      ATTR_ERROR_TYPE,
    ],
  },
  'kernel.violation': {
    description: 'A policy violation is handled.',
    component: 'policy_engine',
    attributes: [
      ATTR_AGENT_ID,
      ATTR_ACTION,
      ATTR_POLICY,
      ATTR_SEVERITY,
      ATTR_REASON,
      ATTR_KERNEL_COMPONENT,
      ATTR_ERROR_TYPE,
    ],
  },
  'kernel.verification': {
    description: 'A claim is cross-verified by several models.',
    component: 'verifier',
    attributes: [
      ATTR_CLAIM_ID,
      ATTR_VERIFICATION_RESULT,
      ATTR_DRIFT_SCORE,
      ATTR_KERNEL_COMPONENT,
      ATTR_ERROR_TYPE,
    ],
  },
} as const satisfies Record<string, SpanDefinition>;

export type SpanName = keyof typeof SPANS;

/** The event that a recorded violation leaves on the active span. */
export const EVENT_VIOLATION = 'agent_os.violation';
/** The event that an entry of the audit log leaves on the active span. */
export const EVENT_AUDIT = 'agent_os.audit';
