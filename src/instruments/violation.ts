import { type Context, trace } from '@opentelemetry/api';
import * as attr from '../semconv/attributes.js';
import { EVENT_VIOLATION } from '../semconv/spans.js';
import type { Severity } from '../semconv/values.js';

/** A policy violation. `reason` is free text and goes to the active span only. */
export interface Violation {
  agentId: string;
  action: string;
  policy: string;
  /** @defaultValue `high` */
  severity?: Severity;
  reason?: string;
}

/** Shows a violation as an event on the span of the context, where there is one that records. */
export function markSpan(
  active: Context,
  agentId: string,
  action: string,
  policy: string,
  severity: Severity,
  reason: string | undefined,
): void {
  const span = trace.getSpan(active);
  if (!span?.isRecording()) return;
  span.addEvent(EVENT_VIOLATION, {
    [attr.ATTR_AGENT_ID]: agentId,
    [attr.ATTR_ACTION]: action,
    [attr.ATTR_POLICY]: policy,
    [attr.ATTR_SEVERITY]: severity,
    ...(reason !== undefined && { [attr.ATTR_REASON]: reason }),
  });
}
