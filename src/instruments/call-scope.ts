import { createContextKey, type Context } from '@opentelemetry/api';
import type { ApprovalOutcome, Enforcement, Severity, Status } from '../semconv/values.js';
import { activeContext } from './host-calls.js';
import type { ReadVerdict } from './verdict-words.js';

const SCOPE = createContextKey('agent-os-observability call');

/** One call of a host that is measured: what is measured inside of it finds it in its context. */
export interface CallScope {
  readonly kind: 'check' | 'execution';
  readonly agentId: string;
  readonly action: string;
  /** The call that it is inside of. */
  readonly outer: CallScope | undefined;
  /** It has not ended. What goes on in its context after that is no part of it. */
  open: boolean;
  /** A violation was counted inside of it. */
  violated: boolean;
  /** A request was counted inside of it. */
  requested: boolean;
  /** What a check of its action said inside of it, unless it was allowed. */
  refused: Exclude<Enforcement, 'allowed'> | undefined;
  /** Policies that refused it until somebody approves, while it was refused for nothing else: their approvals undo that. */
  awaited: string[] | undefined;
  /** How the last invocation of its action ended inside of it, which is part of it. */
  ended: Status | undefined;
  /** Streams that such invocations gave, and that have not ended: it has not ended before them. */
  streams: number;
  /** Ends it, where only they are waited for. Told how long the last of them was idle at its end. */
  onLastStream: ((idleMillis: number) => void) | undefined;
  /**
   * Set for an invocation of an instrumented SDK: it has a verdict of its own, or only times what runs. A call of the same
   * action inside of it is the same request, unless that call gets a verdict of its own.
   */
  readonly governed: 'verdict' | 'time' | undefined;
  /** What was thrown inside of it, and is counted as an error of the agent. */
  countedError: unknown;
  /** What instrumented engines said inside of a check, which counts for them. */
  heard: HeardVerdict[] | undefined;
  /** An engine failed inside of a check: with which type of error, and how what is answered all the same came about. */
  failed: { readonly type: string; readonly how: 'backend_error' | 'timeout' } | undefined;
  /** What was counted inside of it as wanting an approval. */
  wanted: WantedApproval | undefined;
  /** The host counts violations itself. */
  readonly silent: boolean;
}

/** A verdict that wants an approval, and whose question was not asked yet. */
export interface WantedApproval {
  /** By whom, for what and by which policies. */
  readonly keys: string[];
  /** An object by a WeakRef: it is the host's, who may never ask. */
  readonly verdict: unknown;
}

/** The verdict of an engine that was asked inside of a check. */
export interface HeardVerdict {
  readonly verdict: ReadVerdict;
  /** What the engine answered. */
  readonly answer: unknown;
  readonly rule: string | undefined;
  readonly severity: Severity | undefined;
}

/** A check that asks more engines than that is known by the first of them. */
const MOST_HEARD = 20;
/** Calls that have not ended: while there are none, nobody looks for one. */
let openCalls = 0;

/** Counts a call that begins. */
export function openCall(): void {
  openCalls++;
}

/** Ends a call, once. */
export function closeCall(scope: CallScope): void {
  if (!scope.open) return;
  scope.open = false;
  openCalls--;
}

/** An execution, as it begins, with what its caller has to know of it beside. A literal, as each call makes one. */
export function executionScope<C>(
  agentId: string,
  action: string,
  outer: CallScope | undefined,
  governed: CallScope['governed'],
  classify: C,
): CallScope & { readonly classify: C } {
  return {
    kind: 'execution',
    agentId,
    action,
    outer,
    open: true,
    violated: false,
    requested: governed === 'verdict',
    refused: undefined,
    awaited: undefined,
    ended: undefined,
    streams: 0,
    onLastStream: undefined,
    governed,
    countedError: undefined,
    heard: undefined,
    failed: undefined,
    wanted: undefined,
    silent: false,
    classify,
  };
}

/**
 * The execution that an invocation of an action is part of: the nearest around it, whatever checks are between. It is also
 * where it has ended before: it has counted the request then.
 */
export function executionOf(scope: CallScope | undefined, action: string): CallScope | undefined {
  const outer = scope?.kind === 'check' ? executionAround(scope) : scope;
  return outer?.action === action ? outer : undefined;
}

/**
 * Whether a request is one of its own, and counts. One that is part of an execution is not, as that counts it; a tool call
 * alone counts none, and leaves it to the first inside of it.
 */
export function isOwnRequest(execution: CallScope | undefined): boolean {
  if (execution === undefined) return true;
  if (execution.governed === undefined || execution.requested) return false;
  execution.requested = true;
  return true;
}

/**
 * Whether a check that refuses is a request of its own: one that is inside of no call, and the first of its action inside of an
 * invocation that has no verdict.
 */
export function isOwnCheck(scope: CallScope | undefined, action: string): boolean {
  if (scope === undefined) return true;
  return scope.governed !== undefined && isOwnRequest(executionOf(scope, action));
}

/** An invocation that is part of an execution gave a stream: the execution goes on until the stream ends. */
export function streamBegan(execution: CallScope): void {
  execution.streams++;
}

export function streamEnded(execution: CallScope, idleMillis: number): void {
  if (--execution.streams === 0) execution.onLastStream?.(idleMillis);
}

/** The nearest execution that a scope is inside of. */
export function executionAround(scope: CallScope): CallScope | undefined {
  let { outer } = scope;
  while (outer?.kind === 'check') outer = outer.outer;
  return outer;
}

/** Policies of one call that are awaited. */
const MOST_AWAITED = 100;
/** Of an engine, whose name for its policy a question need not have. */
export const ANY_POLICY = '';

/** Tells a call what its action was refused inside of it; `awaited`: the policy, where it is until somebody approves. */
export function refuse(
  scope: CallScope,
  status: Exclude<Enforcement, 'allowed'>,
  awaited: string | undefined,
): void {
  const waits = scope.refused === undefined ? [] : scope.awaited;
  scope.refused ??= status;
  if (awaited !== undefined && waits?.includes(awaited) === false) waits.push(awaited);
  scope.awaited = awaited === undefined || (waits?.length ?? 0) > MOST_AWAITED ? undefined : waits;
}

/** Somebody has answered a policy. Once all that wanted an approval have one it counts as refused no more; a no stays one. */
export function answerRefusal(scope: CallScope, policy: string, outcome: ApprovalOutcome): void {
  const { awaited } = scope;
  if (!scope.open || awaited === undefined) return;
  if (outcome === 'denied') scope.awaited = undefined;
  const at = awaited.findIndex((one) => one === policy || one === ANY_POLICY);
  if (outcome !== 'approved' || at < 0) return;
  awaited.splice(at, 1);
  if (awaited.length === 0) scope.refused = undefined;
}

/** Whether a check around it, or itself, is told that the host counts violations itself. */
export function isSilenced(scope: CallScope | undefined): boolean {
  let outer = scope;
  while (outer !== undefined && !outer.silent) outer = outer.outer;
  return outer !== undefined;
}

/** The key under which a context has the call that runs in it. */
export { SCOPE as CALL_SCOPE };

/** The innermost call that the context belongs to and that has not ended. */
export function scopeOf(active: Context): CallScope | undefined {
  if (openCalls === 0) return undefined;
  let scope = active.getValue(SCOPE) as CallScope | undefined;
  while (scope?.open === false) scope = scope.outer;
  return scope;
}

/** The innermost call that runs now. */
export function activeScope(): CallScope | undefined {
  if (openCalls === 0) return undefined;
  const active = activeContext();
  return active && scopeOf(active);
}

/** Whoever counts a violation counts it for all calls around it: one request is one violation, whatever is nested. */
export function noteViolation(active: Context | undefined): Context | undefined {
  let scope = active && scopeOf(active);
  for (; scope !== undefined; scope = scope.outer) scope.violated = true;
  return active;
}

/** Tells the calls around a check that it wants an approval, so that they count no second one: a word, those of its action. */
export function noteWanted(
  around: CallScope | undefined,
  action: string | undefined,
  wanted: WantedApproval,
): void {
  for (let scope = around; scope !== undefined; scope = scope.outer)
    if (scope.action === action || typeof wanted.verdict === 'object') scope.wanted = wanted;
}

/** Tells a check what an engine said inside of it. */
export function hear(check: CallScope, heard: HeardVerdict): void {
  check.heard ??= [];
  if (check.heard.length < MOST_HEARD) check.heard.push(heard);
}

/** What was heard that bears the verdict out, and says how it came about where one does. */
export function heardAs(check: CallScope, enforced: Enforcement): HeardVerdict | undefined {
  const same = check.heard?.filter(({ verdict }) => verdict.enforced === enforced);
  return same?.find(({ verdict }) => verdict.provenance !== 'evaluated') ?? same?.[0];
}
