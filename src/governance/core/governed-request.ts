import { context, createContextKey, type Context } from '@opentelemetry/api';
import { activeValue, callInContext, contextWithSpan, withValue } from '../../tracing/active-context.js';
import type { ManualSpan } from '../../tracing/index.js';
import {
  activeScope,
  CALL_SCOPE,
  closeCall,
  executionOf,
  executionScope,
  openCall,
  type CallScope,
} from '../../instruments/call-scope.js';
import { UNKNOWN } from '../../semconv/values.js';

/**
 * How far the wrapper that opened a request has come. A request only moves forward, and may skip phases:
 *
 * | phase      | means                                                                                | next                     |
 * |------------|--------------------------------------------------------------------------------------|--------------------------|
 * | `opened`   | The request was made. What runs in its context belongs to it.                        | begun, answered or ended |
 * | `begun`    | The adapter's `beginInvocation` works on it. A second one inside is another request. | answered or ended        |
 * | `answered` | The caller has the verdict, or the error. What runs now does not belong to it.       | ended                    |
 * | `ended`    | Its end is recorded and its span has ended.                                          |                          |
 */
export type RequestPhase = 'opened' | 'begun' | 'answered' | 'ended';

const NEXT: Readonly<Record<RequestPhase, readonly RequestPhase[]>> = {
  opened: ['begun', 'answered', 'ended'],
  begun: ['answered', 'ended'],
  answered: ['ended'],
  ended: [],
};

/**
 * Where the verdict of a request comes from. This is no phase, since it changes independently: a client can be asked
 * before `beginInvocation` is called, or never; and a verdict is counted while the adapter is still inside
 * `beginInvocation`, or only when the request has ended.
 *
 * `unasked`: no client has taken the request on. `asked`: a client has; the next client asked makes its own request.
 * `counted`: the verdict, or the failure to get one, is in the metrics.
 */
export type VerdictState = 'unasked' | 'asked' | 'counted';

/** What is compared of a client: the parts that belong to its requests. */
export interface GovernedClient {
  readonly policy?: object | undefined;
  readonly lifecycle?: object | undefined;
}

/**
 * One request for a verdict. Whoever sees it first opens it: the adapter, or else the client. The wrappers it passes
 * share it, so that it is one `kernel.execute` and counted once.
 */
export class GovernedRequest {
  action: string | undefined;
  /** The client that gives the verdict, once known. */
  client: GovernedClient | undefined;
  verdict: VerdictState = 'unasked';
  /** What the handler threw. */
  failure: { readonly error: unknown } | undefined;
  /** What kills took of its time: they wait for handlers of the host, which are no overhead of the kernel. */
  killSeconds = 0;
  /** The call of the handle, or of another request, that it was opened inside of. */
  readonly outer: CallScope | undefined = activeScope();
  /** How calls inside of its action find it; undefined before the action runs, or where somebody else runs it. */
  scope: CallScope | undefined;
  private reached: RequestPhase = 'opened';

  constructor(
    readonly agentId: string,
    readonly startMs: number,
    readonly span: ManualSpan | undefined,
    /** The adapter that opened it; undefined for a client's own request. */
    readonly adapter?: object,
  ) {}

  get phase(): RequestPhase {
    return this.reached;
  }

  /** Whether what runs in its context belongs to it. */
  get open(): boolean {
    return this.reached === 'opened' || this.reached === 'begun';
  }

  /** Moves on to a later phase. False where the request is there already, or past it. */
  moveTo(phase: RequestPhase): boolean {
    if (!NEXT[this.reached].includes(phase)) return false;
    this.reached = phase;
    if (phase === 'ended' && this.scope !== undefined) closeCall(this.scope);
    return true;
  }

  /** The execution that it is part of, and that times it. */
  get execution(): CallScope | undefined {
    return this.executionOf(this.action ?? UNKNOWN);
  }

  /** The same, of an action. A request with a verdict is no part of another that has one. */
  executionOf(action: string): CallScope | undefined {
    const execution = executionOf(this.outer, action);
    return execution?.governed === 'verdict' && this.verdict !== 'unasked' ? undefined : execution;
  }

  /** Runs its action, or reads the stream which that gave: what is called of the action inside of it is this request. */
  runAction<A extends unknown[], T>(run: (...args: A) => T, ...args: A): T {
    if (this.scope === undefined && this.reached !== 'ended') {
      const governed = this.verdict === 'unasked' ? 'time' : 'verdict';
      this.scope = executionScope(this.agentId, this.action ?? UNKNOWN, this.outer, governed, undefined);
      openCall();
    }
    return callInContext(this.contextOfAction(), run, args);
  }

  private contextOfAction(): Context | undefined {
    try {
      const inner = withValue(context.active(), CALL_SCOPE, this.scope);
      return this.span === undefined ? inner : contextWithSpan(inner, this.span.span);
    } catch {
      return undefined;
    }
  }
}

/**
 * Which request the running code belongs to: by the context where the host has a context manager, and by the call stack
 * in any case.
 */
export class GovernedRequests {
  private readonly key = createContextKey('agent-os-observability governed request');
  private onStack: GovernedRequest | undefined;

  current(): GovernedRequest | undefined {
    const request = this.onStack ?? (activeValue(this.key) as GovernedRequest | undefined);
    return request?.open ? request : undefined;
  }

  /** Runs a host's method as part of the request, with its span active. */
  within<A extends unknown[], T>(request: GovernedRequest, run: (...args: A) => T, ...args: A): T {
    const outer = this.onStack;
    this.onStack = request;
    try {
      return callInContext(this.contextToEnter(request), run, args);
    } finally {
      this.onStack = outer;
    }
  }

  /** The context of the request; undefined where it is active already, or where there is none to be had. */
  private contextToEnter(request: GovernedRequest): Context | undefined {
    try {
      const active = context.active();
      if (active.getValue(this.key) === request) return undefined;
      const inner = withValue(active, this.key, request);
      return request.span === undefined ? inner : contextWithSpan(inner, request.span.span);
    } catch {
      return undefined;
    }
  }
}
