import { context, createContextKey } from '@opentelemetry/api';
import type { PolicyEngine } from '@microsoft/agent-governance-sdk';
import { errorType } from '../outcome.js';
import { UNKNOWN } from '../semconv/values.js';
import * as attr from '../semconv/attributes.js';
import type { ManualSpan } from '../tracing/index.js';
import { agentIdOf } from './agent-id.js';
import type { GovernanceState } from './governance-state.js';
import type { InstancePatch, Method } from './instance-patch.js';
import { isThenable, observeSettlement } from '../outcome.js';
import { CHECK_KINDS, objectingBackend, type CheckKind, type Verdict } from './policy-verdict.js';
import { runInContext } from './telemetry.js';

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
    if (telemetry.tracer === undefined) return this.check(kind, original, self, args, undefined);
    const span = telemetry.start((tracer) =>
      // An agent that is not known is left out.
      tracer.startPolicyCheck({ agentId: this.agentOf(kind, args) as string, action: actionOf(kind, args) }),
    );
    // A local check runs no code of the host, so a span nobody records need not be active for it.
    if (!kind.asksBackends && !telemetry.isRecording(span)) {
      return this.check(kind, original, self, args, span);
    }
    return telemetry.within(span, () => this.check(kind, original, self, args, span));
  }

  private check(
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
      result = pending
        ? runInContext(
            () => context.active().setValue(CHECK, pending),
            () => Reflect.apply(original, self, args),
          )
        : Reflect.apply(original, self, args);
    } catch (error) {
      this.onStack = false;
      this.failed(kind, startMs, pending, span, error);
      throw error;
    }
    this.onStack = false;
    if (!isThenable(result)) {
      this.checked(kind, args, result, startMs, pending, span);
      return result;
    }
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
      kernel.recordPolicyCheck({ policy, result: verdict.enforced, durationSeconds });
      kernel.recordDecision({ policy: decidedBy, decision: verdict.decision, enforced: verdict.enforced });
      for (const { backend, error } of verdict.backends ?? []) {
        if (error) kernel.recordPolicyCheckError({ policy: backend, errorType: 'BackendError' });
      }
      if (tracker.anyStopped && verdict.enforced === 'allowed') this.allowedAfterStop(kind, args);
      if (telemetry.isRecording(span)) this.describe(span, args, verdict, policy, decidedBy);
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

  private describe(
    span: ManualSpan,
    args: unknown[],
    verdict: Verdict,
    policy: string,
    decidedBy: string,
  ): void {
    span.end({
      attributes: {
        [attr.ATTR_POLICIES]: decidedBy === policy ? [policy] : [policy, decidedBy],
        [attr.ATTR_DECISION]: verdict.decision,
        [attr.ATTR_ENFORCED]: verdict.enforced,
        [attr.ATTR_REASON]: verdict.reason,
        ...this.state.telemetry.content(args[1]),
      },
    });
  }

  /** Inside a request of the engine's own client the request notices it, once. */
  private allowedAfterStop(kind: CheckKind, args: unknown[]): void {
    const { requests, telemetry, tracker } = this.state;
    if (requests.current()?.client?.policy === this.engine) return;
    const agentId = this.agentOf(kind, args);
    const state = agentId === undefined ? undefined : tracker.stateOf(agentId);
    if (agentId === undefined || state === undefined) return;
    telemetry.kernel.recordAllowedAfterStop({ agentId, action: actionOf(kind, args), state });
  }

  private agentOf(kind: CheckKind, args: unknown[]): string | undefined {
    return kind.takesAgent ? agentIdOf(args[0]) : this.agentId;
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
    const pending = this.state.telemetry.attempt(() => context.active().getValue(CHECK)) as
      PendingCheck | undefined;
    return pending !== undefined && pending.engine === this.engine && pending.open;
  }
}

/** The action asked for. The context is the host's object: reading it may throw. */
function actionOf(kind: CheckKind, args: unknown[]): string {
  if (!kind.takesAgent) return typeof args[0] === 'string' ? args[0] : UNKNOWN;
  try {
    const action = (args[1] as { action?: unknown } | undefined)?.action;
    return typeof action === 'string' ? action : UNKNOWN;
  } catch {
    return UNKNOWN;
  }
}
