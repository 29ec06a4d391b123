/** How a function ended: with a value or with what it threw. */
export type Outcome<T> =
  { readonly threw: false; readonly value: T } | { readonly threw: true; readonly error: unknown };

/**
 * Calls `fn` and tells `ended` once how it ended; for a promise, when it settles. The caller gets exactly what `fn`
 * gave: the same promise, the same exception. Another thenable is started here, once, and comes back as a promise of
 * its result. What `ended` throws is not the caller's.
 */
export function observeOutcome<T>(fn: () => T, ended: (outcome: Outcome<Awaited<T>>) => void): T {
  let result: T;
  const tell = (outcome: Outcome<Awaited<T>>): void => {
    try {
      ended(outcome);
    } catch {
      // Whoever observes costs the observed nothing.
    }
  };
  try {
    result = fn();
  } catch (error) {
    tell({ threw: true, error });
    throw error;
  }
  if (!isThenable(result)) {
    tell({ threw: false, value: result as Awaited<T> });
    return result;
  }
  // A thenable that is no Promise may be lazy, answer twice, throw, or return nothing from `then`: a promise does not.
  const promise = result instanceof Promise ? result : promiseOf(result);
  promise.then(
    (value) => tell({ threw: false, value: value as Awaited<T> }),
    (error: unknown) => tell({ threw: true, error }),
  );
  return promise as T;
}

/** The promise of a thenable, which is started at once, in the caller's context. */
export function promiseOf<T>(thenable: PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => void thenable.then(resolve, reject));
}

/** Whether `await` would wait for this. Never throws. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  try {
    return typeof (value as { then?: unknown }).then === 'function';
  } catch {
    return false;
  }
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
