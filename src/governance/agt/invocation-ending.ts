import type { FrameworkInvocationOutcome, GovernanceResult } from '@microsoft/agent-governance-sdk';
import { errorType } from '../../common/outcome.js';
import * as attr from '../../semconv/attributes.js';
import { UNKNOWN, type Status } from '../../semconv/values.js';
import type { GovernanceState } from './governance-state.js';
import type { GovernedRequest } from '../core/governed-request.js';

/** How an invocation ended. */
export interface Ending {
  readonly status: Status;
  /** What the span shows as its exception. */
  readonly failure?: { readonly error: unknown } | undefined;
  /** What the agent's error counts as; an error of the kernel is none of the agent's. */
  readonly agentErrorType?: string | undefined;
}

/** What the span of an invocation shows beside how it ended. */
export interface Shown {
  readonly verdict: GovernanceResult | undefined;
  /** Free text. */
  readonly reason: string | undefined;
  readonly input: unknown;
  readonly output: unknown;
}

/** Times the action from request to end, counts the agent's error, and ends the span. */
export function endInvocation(
  state: GovernanceState,
  request: GovernedRequest,
  ending: Ending,
  shown: Shown | undefined,
): void {
  const { telemetry } = state;
  const durationSeconds = telemetry.secondsSince(request.startMs);
  telemetry.within(request.span, () =>
    telemetry.attempt(() => {
      const { agentId, action = UNKNOWN } = request;
      telemetry.kernel.recordExecution({ action, status: ending.status, durationSeconds });
      const { agentErrorType: errorType } = ending;
      if (errorType !== undefined) telemetry.agent?.recordError({ agentId, errorType });
    }),
  );
  if (request.span === undefined) return;
  const attributes =
    shown && telemetry.isRecording(request.span) ? attributesOf(state, request, shown) : undefined;
  if (ending.failure) telemetry.fail(request.span, ending.failure.error, attributes);
  else telemetry.end(request.span, attributes && { attributes });
}

function attributesOf(
  state: GovernanceState,
  { action }: GovernedRequest,
  { verdict, reason, input, output }: Shown,
): Record<string, unknown> {
  return {
    [attr.ATTR_ACTION]: action,
    [attr.ATTR_DECISION]: verdict?.decision,
    [attr.ATTR_ENFORCED]: verdict && (verdict.decision === 'allow' ? 'allowed' : 'denied'),
    [attr.ATTR_REASON]: verdict?.decision === 'allow' ? undefined : reason,
    ...state.telemetry.content(input, output),
  };
}

/** The ending of an invocation whose handler ran, or failed, under our eyes. */
export function endingOfHandler(failure: GovernedRequest['failure'], error: string | undefined): Ending {
  if (failure) return { status: 'error', failure, agentErrorType: errorType(failure.error) };
  return error === undefined ? SUCCESS : reported(error, UNKNOWN);
}

/** The ending that a host reports to `complete()`: it says no more of an error than its text. */
export function endingOfOutcome(outcome: FrameworkInvocationOutcome | undefined): Ending {
  const { error, status = error ? 'error' : 'ok' } = outcome ?? {};
  if (status === 'ok') return SUCCESS;
  return reported(error ?? status, status === 'timeout' ? 'timeout' : UNKNOWN);
}

export const SUCCESS: Ending = { status: 'success' };
export const DENIED: Ending = { status: 'denied' };

function reported(text: string, type: string): Ending {
  const error = new Error(text);
  error.name = type;
  error.stack = ''; // it was thrown elsewhere
  return { status: 'error', failure: { error }, agentErrorType: type };
}
