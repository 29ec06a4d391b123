import { type Context, context, INVALID_SPAN_CONTEXT, type Span, trace } from '@opentelemetry/api';

/**
 * A context with one value over those of another. The API's own copies a Map and makes three closures for each value set,
 * which is most of what an active span costs; this is one small object. Overlays do not pile up: each key has one at most,
 * so however deep spans are nested, one of them is kept.
 */
class OverlayContext implements Context {
  constructor(
    readonly base: Context,
    readonly key: symbol,
    readonly value: unknown,
  ) {}

  getValue(key: symbol): unknown {
    return key === this.key ? this.value : this.base.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return withValue(this, key, value);
  }

  deleteValue(key: symbol): Context {
    return withValue(this, key, undefined);
  }
}

/** A context with this value over those of another. */
export function withValue(base: Context, key: symbol, value: unknown): Context {
  return new OverlayContext(without(base, key), key, value);
}

/** The context without an overlay of this key. */
function without(context: Context, key: symbol): Context {
  if (!(context instanceof OverlayContext)) return context;
  if (context.key === key) return context.base;
  const base = without(context.base, key);
  return base === context.base ? context : new OverlayContext(base, context.key, context.value);
}

/** The key under which the API keeps the active span, which it does not tell. */
const SPAN_KEY = ((): symbol => {
  let spanKey: symbol | undefined;
  const listener: Context = {
    getValue: () => undefined,
    setValue: (key) => ((spanKey = key), listener),
    deleteValue: () => listener,
  };
  trace.setSpan(listener, trace.wrapSpanContext(INVALID_SPAN_CONTEXT));
  return spanKey as symbol;
})();

/** The context in which the span is active. */
export function contextWithSpan(parent: Context, span: Span): Context {
  return withValue(parent, SPAN_KEY, span);
}

type State = 'not run' | 'returned' | 'threw';

/** One call, and how it ended: an object, so that a context manager can be handed one function for all of them. */
class Call<A extends unknown[], T> {
  state: State = 'not run';
  /** What it returned, or threw. */
  outcome: unknown;

  constructor(
    readonly fn: (...args: A) => T,
    readonly args: A,
  ) {}
}

function perform<A extends unknown[], T>(call: Call<A, T>): void {
  try {
    call.outcome = call.fn(...call.args);
    call.state = 'returned';
  } catch (error) {
    call.outcome = error;
    call.state = 'threw';
  }
}

/**
 * Calls `fn` exactly once, in a context or, where there is none to be had, as it is. A context manager that fails costs
 * the context, not the call.
 */
export function callInContext<A extends unknown[], T>(
  inner: Context | undefined,
  fn: (...args: A) => T,
  args: A,
): T {
  if (inner === undefined) return fn(...args);
  const call = new Call(fn, args);
  try {
    context.with<[Call<A, T>], (call: Call<A, T>) => void>(inner, perform, undefined, call);
  } catch {
    // It was the context manager: `perform` does not throw.
  }
  if (call.state === 'not run') perform(call);
  if (call.state === 'threw') throw call.outcome;
  return call.outcome as T;
}

/** A value of the active context; undefined also where the context manager fails. */
export function activeValue(key: symbol): unknown {
  try {
    return context.active().getValue(key);
  } catch {
    return undefined;
  }
}
