import { type Context, context, type Span, trace } from '@opentelemetry/api';

const NOTHING: readonly unknown[] = [];

/**
 * A context with values over those of another. The API's own copies a Map and makes three closures for each value set,
 * which is most of what an active span costs; this is two small objects. Overlays do not pile up: one over another is
 * one over the other's base.
 */
export class OverlayContext implements Context {
  private constructor(
    private readonly base: Context,
    /** Keys and values in turn. */
    private readonly entries: readonly unknown[],
  ) {}

  static over(base: Context): OverlayContext {
    return base instanceof OverlayContext ? base : new OverlayContext(base, NOTHING);
  }

  getValue(key: symbol): unknown {
    const { entries } = this;
    for (let i = 0; i < entries.length; i += 2) if (entries[i] === key) return entries[i + 1];
    return this.base.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    const entries = this.entries.slice();
    let at = 0;
    while (at < entries.length && entries[at] !== key) at += 2;
    entries[at] = key;
    entries[at + 1] = value;
    return new OverlayContext(this.base, entries);
  }

  deleteValue(key: symbol): Context {
    return this.setValue(key, undefined);
  }
}

/** The context in which the span is active. */
export function contextWithSpan(parent: Context, span: Span): Context {
  return trace.setSpan(OverlayContext.over(parent), span);
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
