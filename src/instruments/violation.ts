import { type Context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { GovernanceEvents } from '../events/governance-events.js';
import * as attr from '../semconv/attributes.js';
import type { EventAttributes, EventSeverity } from '../semconv/events.js';
import { EVENT_VIOLATION } from '../semconv/spans.js';
import type { Decision, Enforcement, Severity, Signal } from '../semconv/values.js';

/** A policy violation. What is no label of its metric is in the event alone. */
export interface Violation {
  agentId: string;
  action: string;
  policy: string;
  /** @defaultValue `high` */
  severity?: Severity;
  /** Free text. */
  reason?: string | undefined;
  /** The rule of the policy that was broken, where it has a name. */
  rule?: string | undefined;
  /**
   * Whether it was stopped; that is counted by `recordBlocked`. One that was not pages. Where nobody says, it was not,
   * unless `recordBlocked` follows within 5 s.
   */
  blocked?: boolean;
}

/**
 * Whether a verdict is a violation: a `deny`, and whatever else does not let the action run. Where a person is asked,
 * nothing was broken yet; a verdict that is not understood is none either way.
 */
export function isViolation(decision: Decision, enforced: Enforcement): boolean {
  if (asksSomebody(decision)) return false;
  return decision === 'deny' || enforced === 'denied';
}

/** Whether a person is to decide. */
export function asksSomebody(decision: Decision): boolean {
  return decision === 'review' || decision === 'require_approval';
}

/** How grave the event of a violation is. */
const GRAVITY: Readonly<Record<Severity, EventSeverity>> = {
  low: 'INFO',
  medium: 'WARN',
  high: 'ERROR',
  critical: 'FATAL',
};

/** Emits a violation as an event, and shows it on the span of the context, where there is one that records. */
export function showViolation(
  events: GovernanceEvents,
  active: Context | undefined,
  violation: Violation,
  severity: Severity,
): void {
  const emits = events.on;
  const span = marked(events, active);
  if (!emits && span === undefined) return;
  const { agentId, action, policy, reason, rule, blocked } = violation;
  if (emits) {
    const attributes: EventAttributes<'agent_os.violation'> = {
      [attr.ATTR_AGENT_ID]: agentId,
      [attr.ATTR_ACTION]: action,
      [attr.ATTR_POLICY]: policy,
      [attr.ATTR_RULE]: rule,
      [attr.ATTR_SEVERITY]: severity,
      [attr.ATTR_BLOCKED]: blocked,
      [attr.ATTR_REASON]: reason,
    };
    events.emit('agent_os.violation', attributes, GRAVITY[severity], active);
  }
  span?.addEvent(EVENT_VIOLATION, {
    [attr.ATTR_AGENT_ID]: agentId,
    [attr.ATTR_ACTION]: action,
    [attr.ATTR_POLICY]: policy,
    [attr.ATTR_SEVERITY]: severity,
    ...(reason !== undefined && { [attr.ATTR_REASON]: reason }),
  });
}

/** The span that shows what happens; undefined where none records, or the host has turned that off. */
function marked({ spanEvents }: GovernanceEvents, active: Context | undefined) {
  if (!spanEvents || active === undefined || active === ROOT_CONTEXT) return undefined;
  const span = trace.getSpan(active);
  return span?.isRecording() ? span : undefined;
}

/** Emits a signal that was sent as an event. */
export function showSignal(
  events: GovernanceEvents,
  signal: Signal,
  reason: string,
  agentId: string | undefined,
): void {
  if (!events.on) return;
  events.emit('agent_os.signal', {
    [attr.ATTR_AGENT_ID]: agentId,
    [attr.ATTR_SIGNAL]: signal,
    [attr.ATTR_REASON]: reason,
  });
}
