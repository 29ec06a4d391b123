import { errorType } from '../../common/outcome.js';
import {
  activeScope,
  executionOf,
  isOwnRequest,
  isSilenced,
  type CallScope,
} from '../../instruments/call-scope.js';
import { ATTR_ACTION, ATTR_DECISION, ATTR_ENFORCED, ATTR_REASON } from '../../semconv/attributes.js';
import { UNKNOWN, type Decision, type Status } from '../../semconv/values.js';
import { showTool } from '../../tracing/kernel-spans.js';
import { recordKill, type Kill } from './agent-state.js';
import type { GovernanceState, RingBreach } from './governance-state.js';
import type { GovernedRequest } from './governed-request.js';
import { countingCheck, tellDecided, tellFailure, tellRefusal } from './inside-checks.js';
import { enforcedAs, requestStatus } from './verdict.js';
import { asksSomebody, isViolation, recordBreach, recordViolation } from './violations.js';

/** The verdict on one request. */
export interface RequestVerdict {
  readonly agentId: string;
  /** Which session of the agent asked. */
  readonly identity: string;
  readonly action: string;
  readonly decision: Decision;
  /** The kernel's own time, without the action. */
  readonly durationSeconds: number;
  /** The SDK's own measure of it, as it reports it. */
  readonly reportedMillis: number | undefined;
  /** The policy label, should it be a denial. */
  readonly policy: string;
  readonly ringViolation: RingBreach | undefined;
  /** The kill that the verdict brought about, unless it is counted already. */
  readonly kill: Kill | undefined;
  readonly input: unknown;
}

/** How an invocation ended. */
export interface Ending {
  readonly status: Status;
  /** What the span shows as its exception. */
  readonly failure?: { readonly error: unknown } | undefined;
  /** The type the agent's error counts under. An error of the kernel is not the agent's and has none. */
  readonly agentErrorType?: string | undefined;
  /** Time at the end of it in which nothing happened, as nobody read the stream that it gave. */
  readonly idleMillis?: number;
}

/** What the span of an invocation shows beside how it ended. */
export interface InvocationDetails {
  readonly decision: Decision | undefined;
  /** Free text. */
  readonly reason: string | undefined;
  readonly input: unknown;
  readonly output: unknown;
}

export const SUCCESS: Ending = { status: 'success' };
export const DENIED: Ending = { status: 'denied' };

/**
 * Counts a request by its verdict; one that could not be read is undefined, and only warned about. A denial is a
 * violation, and blocked. `review` counts as denied as long as nobody has approved, but it is no violation: the policy
 * asked for a person, and nothing was broken.
 */
export function recordVerdict(
  state: GovernanceState,
  request: GovernedRequest,
  verdict: RequestVerdict | undefined,
): void {
  request.verdict = 'counted';
  if (verdict !== undefined) state.telemetry.within(request.span, countVerdict, state, request, verdict);
}

function countVerdict(state: GovernanceState, request: GovernedRequest, verdict: RequestVerdict): void {
  const { telemetry, tracker } = state;
  try {
    const { agentId, identity, action, decision, durationSeconds, reportedMillis, kill } = verdict;
    const { kernel } = telemetry;
    const status = requestStatus(decision);
    const scope = activeScope();
    countRequest(state, request, scope, action, status, asksSomebody(decision));
    kernel.recordKernelLatency({ durationSeconds });
    state.reports.add(action, decision, reportedMillis, true);
    describeVerdict(state, request, verdict);
    if (status === 'success' && tracker.anyStopped) {
      const stopped = tracker.stateOf(identity);
      if (stopped !== undefined) kernel.recordAllowedAfterStop({ agentId, action, state: stopped });
    }
    const check = countingCheck(scope, action);
    if (check !== undefined) tellDecided(check, decision);
    if (isViolation(decision, enforcedAs(decision)))
      recordDenial(state, verdict, check !== undefined || isSilenced(scope));
    if (kill !== undefined) recordKill(state, kill, request.startMs);
  } catch (error) {
    telemetry.failed(error);
  }
}

/**
 * A request inside of an execution of the same action is part of that one. What a client decides inside of a check of the
 * handle is a part of the check: that counts a refusal, and what is allowed is counted by who runs it.
 */
function countRequest(
  { telemetry }: GovernanceState,
  request: GovernedRequest,
  scope: CallScope | undefined,
  action: string,
  status: Status,
  awaited: boolean,
): void {
  const check = countingCheck(scope, action);
  const execution = request.executionOf(action);
  const decides = check !== undefined && request.adapter === undefined && execution === undefined;
  if (check !== undefined && !decides) check.requested = true;
  if (!decides && isOwnRequest(execution)) telemetry.kernel.recordRequest({ action, status });
  if (execution !== undefined) tellRefusal(execution, action, status, awaited);
}

function describeVerdict(state: GovernanceState, request: GovernedRequest, verdict: RequestVerdict): void {
  const { telemetry } = state;
  if (!telemetry.isRecording(request.span)) return;
  const { span } = request.span;
  span.setAttribute(ATTR_ACTION, verdict.action);
  showTool(span, verdict.action);
  span.setAttribute(ATTR_DECISION, verdict.decision);
  span.setAttribute(ATTR_ENFORCED, enforcedAs(verdict.decision));
  if (verdict.ringViolation) span.setAttribute(ATTR_REASON, verdict.ringViolation.message);
  telemetry.showInput(span, verdict.input);
}

/** @param elsewhere - it is counted by the check around it, or by the host; a breach is by whoever decides it */
function recordDenial(state: GovernanceState, verdict: RequestVerdict, elsewhere: boolean): void {
  const { agentId, action, decision, policy, ringViolation } = verdict;
  if (ringViolation !== undefined) return recordBreach(state, { agentId, action, policy, ringViolation });
  if (elsewhere) return;
  recordViolation(state, { agentId, action, policy, blocked: enforcedAs(decision) === 'denied' });
}

/** The kernel's own time in a request so far, in seconds: policy and dispatch, without the kills that it brought about. */
export function kernelSeconds(state: GovernanceState, request: GovernedRequest, startMs: number): number {
  return Math.max(0, state.telemetry.secondsSince(startMs) - request.killSeconds);
}

/** Counts a request that got no verdict, because asking for it threw. A check around it is told, as of an engine that failed. */
export function recordFailedRequest(
  state: GovernanceState,
  request: GovernedRequest,
  action: string,
  durationSeconds: number,
  error: unknown,
): void {
  const { telemetry } = state;
  request.verdict = 'counted';
  telemetry.within(request.span, () =>
    telemetry.attempt(() => {
      const scope = activeScope();
      countRequest(state, request, scope, action, 'error', false);
      const check = countingCheck(scope, action);
      if (check !== undefined) tellFailure(check, error);
      telemetry.kernel.recordKernelLatency({ durationSeconds });
    }),
  );
}

/** Times an invocation from the request to its end, unless an execution around it does, counts the agent's error, and ends the span. */
export function recordInvocation(
  state: GovernanceState,
  request: GovernedRequest,
  ending: Ending,
  details: InvocationDetails | undefined,
): void {
  const { telemetry } = state;
  const durationSeconds = telemetry.secondsSince(request.startMs + (ending.idleMillis ?? 0));
  telemetry.within(request.span, () =>
    telemetry.attempt(() => {
      const { action = UNKNOWN, execution } = request;
      const status = statusOf(request, ending);
      if (execution === undefined) telemetry.kernel.recordExecution({ action, status, durationSeconds });
      else execution.ended = status;
      countAgentError(state, request, ending);
    }),
  );
  if (request.span === undefined) return;
  const attributes =
    details && telemetry.isRecording(request.span) ? attributesOf(state, request, details) : undefined;
  const { span } = request.span;
  if (attributes) telemetry.attempt(() => showTool(span, request.action));
  if (ending.failure) telemetry.fail(request.span, ending.failure.error, attributes);
  else telemetry.end(request.span, attributes && { attributes });
}

function attributesOf(
  state: GovernanceState,
  { action }: GovernedRequest,
  { decision, reason, input, output }: InvocationDetails,
): Record<string, unknown> {
  return {
    [ATTR_ACTION]: action,
    [ATTR_DECISION]: decision,
    [ATTR_ENFORCED]: decision && enforcedAs(decision),
    [ATTR_REASON]: decision === 'allow' ? undefined : reason,
    ...state.telemetry.content(input, output),
  };
}

/** What was refused, or failed, inside of an action that gave no sign of it. */
function statusOf({ scope }: GovernedRequest, { status }: Ending): Status {
  return status === 'success' ? (scope?.refused ?? scope?.ended ?? status) : status;
}

/** Counts an error where it comes from; a request around this one sees it pass. */
function countAgentError({ telemetry }: GovernanceState, request: GovernedRequest, ending: Ending): void {
  const { agentErrorType: type, failure } = ending;
  if (type === undefined) return;
  const { action = UNKNOWN, agentId, outer, scope } = request;
  const around = executionOf(outer, action);
  const counted = failure?.error !== undefined && scope?.countedError === failure.error;
  if (around !== undefined) around.countedError = failure?.error;
  if (!counted) telemetry.agent?.recordError({ agentId, errorType: type });
}

/** The ending of an invocation whose handler we saw run. `reported` is the SDK's text for what went wrong elsewhere. */
export function endingOfHandler(failure: GovernedRequest['failure'], reported: string | undefined): Ending {
  if (failure) return { status: 'error', failure, agentErrorType: errorType(failure.error) };
  return reported === undefined ? SUCCESS : reportedError(reported, UNKNOWN);
}

/** The ending of an invocation of whose error no more is known than a text and a type. */
export function reportedError(text: string, type: string): Ending {
  const error = new Error(text);
  error.name = type;
  error.stack = ''; // it was thrown elsewhere
  return { status: 'error', failure: { error }, agentErrorType: type };
}
