import { context, createContextKey, type Context, type Span } from '@opentelemetry/api';
import type { PolicyEngine } from '@microsoft/agent-governance-sdk';
import { errorType, isThenable, observeSettlement } from '../../common/outcome.js';
import { OverlayContext } from '../../tracing/active-context.js';
import { ATTR_DECISION, ATTR_ENFORCED, ATTR_POLICIES, ATTR_REASON } from '../../semconv/attributes.js';
import type { KernelTracer, ManualSpan } from '../../tracing/index.js';
import { agentIdOf } from './labels.js';
import { AskedCheck } from './policy-verdict.js';
import type { GovernanceState } from './governance-state.js';
import { activeValue, callInContext } from '../../tracing/active-context.js';
import type { InstancePatch, Method } from '../core/instance-patch.js';
import { CHECK_KINDS, objectingBackend, type CheckKind, type Verdict } from './policy-verdict.js';

/** All of it is optional. */
export interface PolicyEngineOptions {
  /**
   * The `policy` label of checks that no named policy document decided.
   * @defaultValue `flat_rules`, or `policy_documents` where documents are evaluated
   */
  readonly policySet?: string;
  /**
   * The agent this engine serves, where its calls do not say: its id or DID. It is the host's word; the arguments of a
   * call are never asked.
   */
  readonly agentId?: string;
}

/** Marks what runs inside a check that asks backends. */
const CHECK = createContextKey('agent-os-observability policy check');

interface PendingCheck {
  readonly engine: PolicyEngine;
  open: boolean;
}

export function installPolicyEngine(
  state: GovernanceState,
  engine: PolicyEngine,
  options: PolicyEngineOptions,
  patch: InstancePatch,
): void {
  const checks = new PolicyChecks(state, engine, options);
  for (const kind of CHECK_KINDS) {
    patch.method(kind.method, (original, self, args) => checks.run(kind, original, self, args));
  }
}

/** The checks of one engine. Of checks inside a check only the outermost counts. */
class PolicyChecks {
  private readonly agentId: string | undefined;
  private onStack = false;
  private pending = 0;

  constructor(
    private readonly state: GovernanceState,
    private readonly engine: PolicyEngine,
    private readonly options: PolicyEngineOptions,
  ) {
    this.agentId = options.agentId === undefined ? undefined : agentIdOf(options.agentId);
  }

  run(kind: CheckKind, original: Method, self: unknown, args: unknown[]): unknown {
    if (this.onStack || (this.pending > 0 && this.withinPending()))
      return Reflect.apply(original, self, args);
    const { telemetry } = this.state;
    const { tracer } = telemetry;
    const span = tracer === undefined ? undefined : this.start(tracer, kind, args);
    // A local check runs no code of the host, so a span nobody records need not be active for it.
    const active = span !== undefined && (kind.asksBackends || telemetry.isRecording(span));
    if (!active) return this.check(kind, original, self, args, span);
    return telemetry.within(span, checkOf, this, kind, original, self, args, span);
  }

  private start(tracer: KernelTracer, kind: CheckKind, args: unknown[]): ManualSpan | undefined {
    try {
      return tracer.startPolicyCheck(new AskedCheck(kind, args, this.agentId));
    } catch (error) {
      this.state.telemetry.failed(error);
      return undefined;
    }
  }

  /** @internal */
  check(
    kind: CheckKind,
    original: Method,
    self: unknown,
    args: unknown[],
    span: ManualSpan | undefined,
  ): unknown {
    const pending = kind.asksBackends ? this.begin() : undefined;
    const startMs = this.state.telemetry.clock();
    let result: unknown;
    this.onStack = true;
    try {
      result =
        pending === undefined
          ? Reflect.apply(original, self, args)
          : callPending(pending, original, self, args);
    } catch (error) {
      this.onStack = false;
      this.failed(kind, startMs, pending, span, error);
      throw error;
    }
    this.onStack = false;
    if (isThenable(result)) return this.settling(kind, args, result, startMs, pending, span);
    this.checked(kind, args, result, startMs, pending, span);
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
    return observeSettlement(result, (outcome) =>
      telemetry.within(span, () =>
        outcome.threw
          ? this.failed(kind, startMs, pending, span, outcome.error)
          : this.checked(kind, args, outcome.value, startMs, pending, span),
      ),
    );
  }

  private checked(
    kind: CheckKind,
    args: unknown[],
    result: unknown,
    startMs: number,
    pending: PendingCheck | undefined,
    span: ManualSpan | undefined,
  ): void {
    const { telemetry, tracker } = this.state;
    const { kernel } = telemetry;
    this.finish(pending);
    try {
      const durationSeconds = telemetry.secondsSince(startMs);
      const verdict = kind.read(result as never);
      const policy = verdict.policy ?? this.options.policySet ?? kind.unnamed;
      const decidedBy = objectingBackend(verdict) ?? policy;
      const { decision, enforced } = verdict;
      if (decidedBy === policy) kernel.countCheck(policy, decision, enforced, durationSeconds);
      else {
        kernel.recordPolicyCheck({ policy, result: enforced, durationSeconds });
        kernel.recordDecision({ policy: decidedBy, decision, enforced });
      }
      if (verdict.backends !== undefined) this.countErrors(verdict.backends);
      if (tracker.anyStopped && verdict.enforced === 'allowed') this.allowedAfterStop(kind, args);
      if (telemetry.isRecording(span)) this.describe(span.span, args, verdict, policy, decidedBy);
    } catch (error) {
      telemetry.failed(error);
    }
    telemetry.end(span);
  }

  private failed(
    kind: CheckKind,
    startMs: number,
    pending: PendingCheck | undefined,
    span: ManualSpan | undefined,
    error: unknown,
  ): void {
    const { telemetry } = this.state;
    this.finish(pending);
    telemetry.attempt(() =>
      telemetry.kernel.recordPolicyCheckError({
        policy: this.options.policySet ?? kind.unnamed,
        errorType: errorType(error),
        durationSeconds: telemetry.secondsSince(startMs),
      }),
    );
    telemetry.fail(span, error);
  }

  private countErrors(backends: NonNullable<Verdict['backends']>): void {
    const { kernel } = this.state.telemetry;
    for (const { backend, error } of backends) {
      if (error) kernel.recordPolicyCheckError({ policy: backend, errorType: 'BackendError' });
    }
  }

  private describe(span: Span, args: unknown[], verdict: Verdict, policy: string, decidedBy: string): void {
    span.setAttribute(ATTR_POLICIES, decidedBy === policy ? [policy] : [policy, decidedBy]);
    span.setAttribute(ATTR_DECISION, verdict.decision);
    span.setAttribute(ATTR_ENFORCED, verdict.enforced);
    if (verdict.reason !== undefined) span.setAttribute(ATTR_REASON, verdict.reason);
    this.state.telemetry.showInput(span, args[1]);
  }

  /** Inside a request of the engine's own client the request notices it, once. */
  private allowedAfterStop(kind: CheckKind, args: unknown[]): void {
    const { requests, telemetry, tracker } = this.state;
    if (requests.current()?.client?.policy === this.engine) return;
    const asked = new AskedCheck(kind, args, this.agentId);
    const { agentId } = asked;
    const state = tracker.stateOf(agentId);
    if (state === undefined) return;
    telemetry.kernel.recordAllowedAfterStop({ agentId, action: asked.action, state });
  }

  private begin(): PendingCheck {
    this.pending++;
    return { engine: this.engine, open: true };
  }

  private finish(pending: PendingCheck | undefined): void {
    if (pending === undefined) return;
    pending.open = false;
    this.pending--;
  }

  private withinPending(): boolean {
    const pending = activeValue(CHECK) as PendingCheck | undefined;
    return pending !== undefined && pending.engine === this.engine && pending.open;
  }
}

/** {@link PolicyChecks.check} as a function, so that running it in a context takes no closure. */
function checkOf(checks: PolicyChecks, ...args: Parameters<PolicyChecks['check']>): unknown {
  return checks.check(...args);
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
    return OverlayContext.over(context.active()).setValue(CHECK, pending);
  } catch {
    return undefined;
  }
}
