import { context, createContextKey, type Context, type Span } from '@opentelemetry/api';
import { errorType, isThenable, observeReturned } from '../../common/outcome.js';
import {
  ATTR_DECISION,
  ATTR_ENFORCED,
  ATTR_POLICIES,
  ATTR_PROVENANCE,
  ATTR_REASON,
} from '../../semconv/attributes.js';
import { activeValue, callInContext, withValue } from '../../tracing/active-context.js';
import type { KernelTracer, ManualSpan } from '../../tracing/index.js';
import { activeScope, isSilenced, type CallScope } from '../../instruments/call-scope.js';
import { shapeOf } from '../../instruments/classified.js';
import { UNKNOWN } from '../../semconv/values.js';
import { recordBareRequest } from './bare-requests.js';
import { readBy, type CheckedEngine, type CheckKind } from './check-kinds.js';
import { BACKEND_ERROR, tellDecision, tellFailedCheck } from './decision-events.js';
import type { GovernanceState } from './governance-state.js';
import { countingCheck, tellFailure, tellVerdict } from './inside-checks.js';
import type { Method } from './installations.js';
import { objectingBackend, type BackendAnswer, type Verdict } from './verdict.js';
import { asksSomebody, isViolation, recordViolation, type Declared } from './violations.js';

/** Marks what runs inside a check that asks backends. */
const CHECK = createContextKey('agent-os-observability policy check');

interface PendingCheck {
  readonly engine: object;
  /** It is no part of another request. */
  readonly alone: boolean;
  open: boolean;
}

/**
 * The checks of one engine. Of checks inside a check only the outermost counts. A local check is the hottest path of
 * the governance instrumentation, which is why what belongs to one check is passed on as arguments: an object for it
 * would be made for each check.
 */
export class PolicyChecks {
  private onStack = false;
  private pending = 0;

  constructor(
    private readonly state: GovernanceState,
    private readonly checked: CheckedEngine,
  ) {}

  run(kind: CheckKind, original: Method, self: unknown, args: unknown[]): unknown {
    if (this.onStack || (this.pending > 0 && this.withinPending())) {
      return Reflect.apply(original, self, args);
    }
    const { telemetry } = this.state;
    const { tracer } = telemetry;
    const span = tracer === undefined ? undefined : this.start(tracer, kind, args);
    // A local check runs no code of the host, so a span nobody records need not be active for it.
    const active = span !== undefined && (kind.asksBackends || telemetry.isRecording(span));
    if (!active) return this.perform(kind, original, self, args, span);
    return telemetry.within(span, performInContext, this, kind, original, self, args, span);
  }

  private start(tracer: KernelTracer, kind: CheckKind, args: unknown[]): ManualSpan | undefined {
    try {
      return tracer.startPolicyCheck(kind.asked(args, this.checked.served));
    } catch (error) {
      this.state.telemetry.failed(error);
      return undefined;
    }
  }

  perform(
    kind: CheckKind,
    original: Method,
    self: unknown,
    args: unknown[],
    span: ManualSpan | undefined,
  ): unknown {
    const { checks } = this.state;
    const pending = kind.asksBackends ? this.begin() : undefined;
    const startMs = this.state.telemetry.clock();
    let result: unknown;
    this.onStack = true;
    checks.onStack++;
    try {
      result =
        pending === undefined
          ? Reflect.apply(original, self, args)
          : callPending(pending, original, self, args);
    } catch (error) {
      this.onStack = false;
      checks.onStack--;
      this.failed(kind, args, startMs, pending, span, error);
      throw error;
    }
    this.onStack = false;
    checks.onStack--;
    if (isThenable(result)) return this.settling(kind, args, result, startMs, pending, span);
    this.answered(kind, args, result, startMs, pending, span);
    return result;
  }

  private settling(
    kind: CheckKind,
    args: unknown[],
    result: PromiseLike<unknown>,
    startMs: number,
    pending: PendingCheck | undefined,
    span: ManualSpan | undefined,
  ): Promise<unknown> {
    const { telemetry } = this.state;
    return observeReturned(result, (outcome) =>
      telemetry.within(span, () =>
        outcome.threw
          ? this.failed(kind, args, startMs, pending, span, outcome.error)
          : this.answered(kind, args, outcome.value, startMs, pending, span),
      ),
    );
  }

  private answered(
    kind: CheckKind,
    args: unknown[],
    result: unknown,
    startMs: number,
    pending: PendingCheck | undefined,
    span: ManualSpan | undefined,
  ): void {
    const { telemetry, tracker } = this.state;
    this.finish(pending);
    try {
      const durationSeconds = telemetry.secondsSince(startMs);
      const verdict = readBy(kind, result);
      const policy = verdict.policy ?? this.checked.policySet ?? kind.unnamed;
      const decidedBy = objectingBackend(verdict) ?? policy;
      const scope = activeScope();
      const check = scope && countingCheck(scope, kind.asked(args, this.checked.served).action);
      const counts = check === undefined;
      if (counts) this.count(verdict, policy, decidedBy, durationSeconds);
      else tellVerdict(check, verdict, result, this.declared(kind, result));
      if (verdict.backends !== undefined) this.countErrors(verdict.backends);
      if (verdict.enforced === 'unknown') this.notUnderstood(kind, result);
      else if (counts && verdict.decision === 'require_approval')
        telemetry.approvals?.recordRequested({ policy: decidedBy, verdict: result });
      if (tracker.anyStopped && verdict.enforced === 'allowed') this.allowedAfterStop(kind, args);
      if (this.isAlone(pending))
        this.asRequest(kind, args, result, verdict, decidedBy, durationSeconds, span, scope);
      if (telemetry.isRecording(span)) this.describe(span.span, args, verdict, policy, decidedBy);
      if (counts && telemetry.events?.takes(verdict.enforced, verdict.provenance)) {
        tellDecision(telemetry, kind.asked(args, this.checked.served), verdict, decidedBy);
      }
    } catch (error) {
      telemetry.failed(error);
    }
    telemetry.end(span);
  }

  /** The duration counts for the local policy, the decision for whoever decided, which may be a backend. */
  private count(verdict: Verdict, policy: string, decidedBy: string, durationSeconds: number): void {
    const { kernel } = this.state.telemetry;
    const { decision, enforced } = verdict;
    if (decidedBy === policy) kernel.countCheck(policy, decision, enforced, durationSeconds);
    else {
      kernel.recordPolicyCheck({ policy, result: enforced, durationSeconds });
      kernel.recordDecision({ policy: decidedBy, decision, enforced });
    }
    if (verdict.provenance !== 'evaluated') {
      kernel.unevaluated.count(decidedBy, enforced, verdict.provenance);
    }
  }

  private countErrors(backends: readonly BackendAnswer[]): void {
    const { kernel } = this.state.telemetry;
    for (const { backend, error } of backends) {
      if (error) kernel.recordPolicyCheckError({ policy: backend, errorType: BACKEND_ERROR });
    }
  }

  private describe(span: Span, args: unknown[], verdict: Verdict, policy: string, decidedBy: string): void {
    span.setAttribute(ATTR_POLICIES, decidedBy === policy ? [policy] : [policy, decidedBy]);
    span.setAttribute(ATTR_DECISION, verdict.decision);
    span.setAttribute(ATTR_ENFORCED, verdict.enforced);
    span.setAttribute(ATTR_PROVENANCE, verdict.provenance);
    if (verdict.reason !== undefined) span.setAttribute(ATTR_REASON, verdict.reason);
    this.state.telemetry.showInput(span, args[1]);
  }

  private notUnderstood({ method }: CheckKind, result: unknown): void {
    const message = `a policy engine's ${method} answered ${shapeOf(result)}, which is not understood; it is counted as unknown.`;
    this.state.telemetry.warnOnce(`verdict/${method}`, message);
  }

  /** Inside a request of the engine's own client nothing is counted here: the request itself counts it, once. */
  private allowedAfterStop(kind: CheckKind, args: unknown[]): void {
    const { requests, telemetry, tracker } = this.state;
    const { engine, served } = this.checked;
    if (requests.current()?.client?.policy === engine) return;
    const { agent, action } = kind.asked(args, served);
    if (agent === undefined) return;
    const state = tracker.stateOf(agent.identity);
    if (state === undefined) return;
    telemetry.kernel.recordAllowedAfterStop({ agentId: agent.agentId, action, state });
  }

  /** A check that is no part of another request is one itself. */
  private asRequest(
    kind: CheckKind,
    args: unknown[],
    result: unknown,
    verdict: Verdict,
    decidedBy: string,
    durationSeconds: number,
    span: ManualSpan | undefined,
    scope: CallScope | undefined,
  ): void {
    const { checked, state } = this;
    const { agent, action } = kind.asked(args, checked.served);
    const { decision, enforced } = verdict;
    state.reports.add(action, decision, undefined, checked.countsRequests);
    if (!checked.countsRequests) return;
    const status = enforced === 'allowed' ? 'success' : enforced;
    recordBareRequest(state, agent, action, status, durationSeconds, scope, asksSomebody(decision));
    if (!isViolation(decision, enforced) || countingCheck(scope, action) || isSilenced(scope)) return;
    state.telemetry.within(span, recordViolation, state, {
      agentId: agent?.agentId ?? UNKNOWN,
      action,
      policy: decidedBy,
      blocked: enforced === 'denied',
      declared: objectingBackend(verdict) === undefined ? this.declared(kind, result) : undefined,
    });
  }

  private declared(kind: CheckKind, result: unknown): Declared | undefined {
    return this.state.telemetry.attempt(() => kind.declared?.(this.checked.engine, result as never));
  }

  private failed(
    kind: CheckKind,
    args: unknown[],
    startMs: number,
    pending: PendingCheck | undefined,
    span: ManualSpan | undefined,
    error: unknown,
  ): void {
    const { telemetry } = this.state;
    this.finish(pending);
    telemetry.attempt(() => {
      const durationSeconds = telemetry.secondsSince(startMs);
      const { policySet, served, countsRequests } = this.checked;
      const policy = policySet ?? kind.unnamed;
      const type = errorType(error);
      const asked = kind.asked(args, served);
      const scope = activeScope();
      const check = countingCheck(scope, asked.action);
      if (check !== undefined) tellFailure(check, error);
      else telemetry.kernel.recordPolicyCheckError({ policy, errorType: type, durationSeconds });
      if (countsRequests && this.isAlone(pending)) {
        recordBareRequest(this.state, asked.agent, asked.action, 'error', durationSeconds, scope);
      }
      if (check === undefined && telemetry.events !== undefined)
        tellFailedCheck(telemetry, asked, policy, type);
    });
    telemetry.fail(span, error);
  }

  private begin(): PendingCheck {
    const alone = this.isAlone(undefined);
    this.pending++;
    this.state.checks.pending++;
    return { engine: this.checked.engine, alone, open: true };
  }

  /** Whether the check is no part of a request of a client or an adapter, or of a check of another engine. */
  private isAlone(pending: PendingCheck | undefined): boolean {
    if (pending !== undefined) return pending.alone;
    const { checks, requests } = this.state;
    if (checks.onStack > 0 || requests.current() !== undefined) return false;
    return checks.pending === 0 || (activeValue(CHECK) as PendingCheck | undefined)?.open !== true;
  }

  private finish(pending: PendingCheck | undefined): void {
    if (pending === undefined) return;
    pending.open = false;
    this.pending--;
    this.state.checks.pending--;
  }

  private withinPending(): boolean {
    const pending = activeValue(CHECK) as PendingCheck | undefined;
    return pending !== undefined && pending.engine === this.checked.engine && pending.open;
  }
}

/** {@link PolicyChecks.perform} as a function, so that running it in a context takes no closure. */
function performInContext(checks: PolicyChecks, ...args: Parameters<PolicyChecks['perform']>): unknown {
  return checks.perform(...args);
}

/** Runs a check that asks backends: what it starts finds the check in its context. */
function callPending(pending: PendingCheck, original: Method, self: unknown, args: unknown[]): unknown {
  return callInContext(contextOf(pending), Reflect.apply<unknown, unknown[], unknown>, [
    original,
    self,
    args,
  ]);
}

function contextOf(pending: PendingCheck): Context | undefined {
  try {
    return withValue(context.active(), CHECK, pending);
  } catch {
    return undefined;
  }
}
