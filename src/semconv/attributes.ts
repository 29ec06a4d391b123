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
/** Why the end of a stream was not seen: it was `abandoned`, as nobody read it, or `not_followed`. */
export const ATTR_STREAM_UNSEEN = 'agent_os.stream.unseen';
/** Hash of an audit entry, by which a trace and the audit log find each other. */
export const ATTR_AUDIT_HASH = 'agent_os.audit.hash';
/** JSON, bounded in length; only where the host turned content capture on. */
export const ATTR_CONTENT_INPUT = 'agent_os.content.input';
/** JSON, bounded in length; only where the host turned content capture on. */
export const ATTR_CONTENT_OUTPUT = 'agent_os.content.output';

/** The rule of the policy that decided, where the engine names it. */
export const ATTR_RULE = 'agent_os.rule';
/** How a verdict came about: `evaluated`, `default`, `rate_limited`, `cached`, `backend_error`, `timeout`, or `unknown`. */
export const ATTR_PROVENANCE = 'agent_os.provenance';
/** Whether a violation was stopped. */
export const ATTR_BLOCKED = 'agent_os.blocked';
/** `stopped`, `nothing_stopped`, `failed`, `refused` or `timed_out`. */
export const ATTR_KILL_OUTCOME = 'agent_os.kill.outcome';
/** `asked`, `approved`, `denied`, `expired`, `escalated`; of an action that runs, `changed` or `unapproved`. */
export const ATTR_APPROVAL_OUTCOME = 'agent_os.approval.outcome';
/** The class of whoever was asked, as `human` or `model`; never a person. */
export const ATTR_APPROVER_CLASS = 'agent_os.approver.class';
/** Seconds between the question and the answer. */
export const ATTR_WAIT_SECONDS = 'agent_os.wait_seconds';
export const ATTR_FROM_STATE = 'agent_os.state.from';
export const ATTR_STATE = 'agent_os.state';
export const ATTR_CLAIM_ID = 'agent_os.claim.id';
export const ATTR_VERIFICATION_RESULT = 'agent_os.verification.result';
export const ATTR_DRIFT_SCORE = 'agent_os.drift_score';
export const ATTR_TOPIC = 'agent_os.topic';
/** Which delivery of a message it is, where it is not the first. */
export const ATTR_DELIVERY_ATTEMPT = 'agent_os.delivery_attempt';

/**
 * As tools for models know a tool call, as Langfuse, Phoenix and Sentry: with them, `agent_os.action` is a tool.
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/#execute-tool-span
 */
export const ATTR_GEN_AI_OPERATION_NAME = 'gen_ai.operation.name';
export const ATTR_GEN_AI_TOOL_NAME = 'gen_ai.tool.name';
export const ATTR_GEN_AI_AGENT_ID = 'gen_ai.agent.id';
