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

/** Seconds a kill took: from the call until every handler and compensation had run. */
export const ATTR_CONTAINMENT_SECONDS = 'agent_os.containment_seconds';
/** Hash of an audit entry, by which a trace and the audit log find each other. */
export const ATTR_AUDIT_HASH = 'agent_os.audit.hash';
/** JSON, bounded in length; only where the host turned content capture on. */
export const ATTR_CONTENT_INPUT = 'agent_os.content.input';
/** JSON, bounded in length; only where the host turned content capture on. */
export const ATTR_CONTENT_OUTPUT = 'agent_os.content.output';
