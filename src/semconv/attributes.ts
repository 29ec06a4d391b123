/** Span and event attributes of the contract. */
export const ATTR_AGENT_ID = 'agent.id';
export const ATTR_ACTION = 'agent_os.action';
/** string[]: the policies a check evaluated. */
export const ATTR_POLICIES = 'agent_os.policies';
export const ATTR_POLICY = 'agent_os.policy';
export const ATTR_DECISION = 'agent_os.decision';
/** What the kernel did about the decision: `allowed` or `denied`. */
export const ATTR_ENFORCED = 'agent_os.enforced';
export const ATTR_SEVERITY = 'agent_os.severity';
export const ATTR_SIGNAL = 'agent_os.signal';
/** Free text is welcome here, unlike in a metric's `reason`. */
export const ATTR_REASON = 'agent_os.reason';
export const ATTR_KERNEL_COMPONENT = 'kernel.component';
/** https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/ */
export const ATTR_ERROR_TYPE = 'error.type';
