import { attributes } from 'agent-os-observability/semconv';
import { violations } from './violations.js';

const VIOLATIONS = violations();

/** Four attributes of a policy check, another agent and action each time. */
export function spanAttributes(index: number): Record<string, string> {
  const { agentId, action } = VIOLATIONS[index % VIOLATIONS.length] as (typeof VIOLATIONS)[number];
  return {
    [attributes.ATTR_AGENT_ID]: agentId,
    [attributes.ATTR_ACTION]: action,
    [attributes.ATTR_DECISION]: 'allow',
    [attributes.ATTR_KERNEL_COMPONENT]: 'policy_engine',
  };
}
