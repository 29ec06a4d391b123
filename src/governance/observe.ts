/**
 * Calls a host's method and tells one of the two callbacks, once, how it ended; for a promise, when it settles. The
 * caller gets the same value or the same exception. The promise is a new one that settles alike: a handler on the
 * original would keep the runtime from reporting a rejection that the host itself left unhandled. The callbacks must
 * not throw.
 */
export function observe<T>(
  call: () => T,
  returned: (value: unknown) => void,
  threw: (error: unknown) => void,
): T {
  let result: T;
  try {
    result = call();
  } catch (error) {
    threw(error);
    throw error;
  }
  if (!isThenable(result)) {
    returned(result);
    return result;
  }
  return settling(result, returned, threw) as T;
}

/** {@link observe}, from the promise on. */
export function settling(
  result: PromiseLike<unknown>,
  returned: (value: unknown) => void,
  threw: (error: unknown) => void,
): PromiseLike<unknown> {
  return result.then(
    (value) => {
      returned(value);
      return value;
    },
    (error: unknown) => {
      threw(error);
      throw error;
    },
  );
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null && typeof value === 'object' && typeof (value as { then?: unknown }).then === 'function'
  );
}
