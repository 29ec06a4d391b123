import { createContextKey, type Context } from '@opentelemetry/api';
import type { Enforcement } from '../semconv/values.js';

const SCOPE = createContextKey('agent-os-observability call');

/** One call of a host that is measured: what is measured inside of it finds it in its context. */
export abstract class CallScope {
  /** A violation was counted inside of it. */
  violated = false;
  /** What a check of its action said inside of it, unless it was allowed. */
  refused: Exclude<Enforcement, 'allowed'> | undefined;

  constructor(
    readonly kind: 'check' | 'execution',
    readonly agentId: string,
    readonly action: string,
    readonly outer: CallScope | undefined,
  ) {}

  /** The nearest of a kind that this one is inside of. */
  within(kind: CallScope['kind']): CallScope | undefined {
    let scope = this.outer;
    while (scope !== undefined && scope.kind !== kind) scope = scope.outer;
    return scope;
  }
}

/** The key under which a context has the call that runs in it. */
export { SCOPE as CALL_SCOPE };

/** The innermost call that the context belongs to. */
export function scopeOf(active: Context): CallScope | undefined {
  return active.getValue(SCOPE) as CallScope | undefined;
}

/** Whoever counts a violation counts it for all calls around it: one request is one violation, whatever is nested. */
export function noteViolation(active: Context | undefined): Context | undefined {
  let scope = active && scopeOf(active);
  for (; scope !== undefined; scope = scope.outer) scope.violated = true;
  return active;
}
