import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api';

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

/** Calls functions in this context from now on; just calls them where it holds nothing. */
export function entering(
  inner: Context | undefined,
): <A extends unknown[], T>(fn: (...args: A) => T, args: A) => T {
  const entered = inner === ROOT_CONTEXT ? undefined : inner;
  return (fn, args) => callInContext(entered, fn, args);
}
