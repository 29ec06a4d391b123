import { context, createContextKey, trace, type Context } from '@opentelemetry/api';
import type { AgentMeshClient, GenericFrameworkAdapter } from '@microsoft/agent-governance-sdk';
import type { ManualSpan } from '../../tracing/index.js';
import { OverlayContext } from '../../tracing/active-context.js';
import { activeValue, callInContext } from '../../tracing/active-context.js';

/**
 * One request for a verdict, from whoever saw it first (the adapter, else the client) to the verdict. The wrappers that
 * it passes share it, so that it is one `kernel.execute`, counted once.
 */
export class GovernedRequest {
  action: string | undefined;
  /** The client whose verdict it asks for, once known. */
  client: AgentMeshClient | undefined;
  /** A client has taken it on. */
  claimed = false;
  /** The adapter's own wrapper of `beginInvocation` has taken it on. */
  begun = false;
  /** Its verdict is counted. */
  counted = false;
  /** No verdict yet: what runs in its context belongs to it. */
  open = true;
  /** Its span is ended and its end counted. */
  ended = false;
  /** What the handler threw. */
  failure: { readonly error: unknown } | undefined;

  constructor(
    readonly agentId: string,
    readonly startMs: number,
    readonly span: ManualSpan | undefined,
    readonly adapter?: GenericFrameworkAdapter,
  ) {}
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

  /** Runs a host's method as part of the request, its span active. Inside it already, only the call stack is told. */
  within<A extends unknown[], T>(request: GovernedRequest, run: (...args: A) => T, ...args: A): T {
    const outer = this.onStack;
    this.onStack = request;
    try {
      return callInContext(this.contextToEnter(request), run, args);
    } finally {
      this.onStack = outer;
    }
  }

  /** Undefined where the context is the request's already, or cannot be had. */
  private contextToEnter(request: GovernedRequest): Context | undefined {
    try {
      const active = context.active();
      if (active.getValue(this.key) === request) return undefined;
      const inner = OverlayContext.over(active).setValue(this.key, request);
      return request.span === undefined ? inner : trace.setSpan(inner, request.span.span);
    } catch {
      return undefined;
    }
  }
}
