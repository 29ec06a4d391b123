import { createContextKey, type Context } from '@opentelemetry/api';
import type { Enforcement } from '../semconv/values.js';

const SCOPE = createContextKey('agent-os-observability call');

/** One call of a host that is measured: what is measured inside of it finds it in its context. */
export interface CallScope {
  readonly kind: 'check' | 'execution';
  readonly agentId: string;
  readonly action: string;
  /** The call that it is inside of. */
  readonly outer: CallScope | undefined;
  /** A violation was counted inside of it. */
  violated: boolean;
  /** What a check of its action said inside of it, unless it was allowed. */
  refused: Exclude<Enforcement, 'allowed'> | undefined;
}

/** The nearest call of a kind that a scope is inside of. */
export function around(scope: CallScope, kind: CallScope['kind']): CallScope | undefined {
  let outer = scope.outer;
  while (outer !== undefined && outer.kind !== kind) outer = outer.outer;
  return outer;
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
