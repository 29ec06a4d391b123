/** How a function ended: with a value or with what it threw. */
export type Outcome<T> =
  { readonly threw: false; readonly value: T } | { readonly threw: true; readonly error: unknown };

/**
 * Calls `fn` and tells `ended` once how it ended; for a promise, when it settles. The caller gets exactly what `fn`
 * gave: the same promise, the same exception. `ended` must not throw.
 */
export function observeOutcome<T>(fn: () => T, ended: (outcome: Outcome<Awaited<T>>) => void): T {
  let result: T;
  try {
    result = fn();
  } catch (error) {
    ended({ threw: true, error });
    throw error;
  }
  if (!isThenable(result)) {
    ended({ threw: false, value: result as Awaited<T> });
    return result;
  }
  const settled = result.then(
    (value) => {
      ended({ threw: false, value: value as Awaited<T> });
      return value;
    },
    (error: unknown) => {
      ended({ threw: true, error });
      throw error;
    },
  );
  if (!(result instanceof Promise)) return settled as T; // a lazy thenable must not be started twice
  (settled as Promise<unknown>).catch(ignore); // the caller holds the original and its rejection
  return result;
}

function ignore(): void {}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null && typeof value === 'object' && typeof (value as { then?: unknown }).then === 'function'
  );
}

/**
 * The `error.type` of something thrown: an Error's name, otherwise the JavaScript type. Never throws.
 * https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/
 */
export function errorType(error: unknown): string {
  try {
    if (error !== null && typeof error === 'object') {
      const { name } = error as { name?: unknown };
      if (typeof name === 'string' && name !== '') return name;
      return 'object';
    }
    return typeof error;
  } catch {
    return 'unknown';
  }
}
