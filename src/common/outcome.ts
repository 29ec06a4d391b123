/** How a function ended: with a value or with what it threw. */
export type Outcome<T> =
  { readonly threw: false; readonly value: T } | { readonly threw: true; readonly error: unknown };

/**
 * Calls `fn` and tells `ended` once how it ended; for a promise, when it settles. The caller gets the same value, the
 * same exception, or a promise that settles alike. What `ended` throws is not the caller's.
 *
 * @param run - the host's function that `fn` calls: its promise the host may hold itself, but for that of an async function,
 * which is nobody else's
 */
export function observeOutcome<T>(
  fn: () => T,
  ended: (outcome: Outcome<Awaited<T>>) => void,
  run?: () => T,
): T {
  let result: T;
  try {
    result = fn();
  } catch (error) {
    tell(ended, { threw: true, error });
    throw error;
  }
  if (isThenable(result)) {
    const isHeld = run !== undefined && Object.prototype.toString.call(run) !== '[object AsyncFunction]';
    return (isHeld ? observeSettlement : observeReturned)(result as PromiseLike<Awaited<T>>, ended) as T;
  }
  tell(ended, { threw: false, value: result as Awaited<T> });
  return result;
}

/**
 * A promise that settles like `result`, once `ended` was told, where `result` is what the host gave us and may hold itself:
 * whoever handles it there has handled it, and need not look at ours. A rejection of which a host looks at neither is
 * told to `ended` and goes nowhere else.
 */
export function observeSettlement<T>(
  result: PromiseLike<T>,
  ended: (outcome: Outcome<T>) => void,
): Promise<T> {
  const promise = observeReturned(result, ended);
  promise.catch(handledElsewhere);
  return promise;
}

/**
 * The same, where the host has nothing but what we return. It is a new promise on purpose: a handler on the original would
 * keep the runtime from reporting a rejection that the caller left unhandled. A thenable that is no Promise may be lazy,
 * answer twice, throw, or return nothing from `then`: it is started here, once.
 */
export function observeReturned<T>(result: PromiseLike<T>, ended: (outcome: Outcome<T>) => void): Promise<T> {
  const promise = result instanceof Promise ? (result as Promise<T>) : promiseOf(result);
  return promise.then(
    (value) => {
      tell(ended, { threw: false, value });
      return value;
    },
    (error: unknown) => {
      tell(ended, { threw: true, error });
      throw error;
    },
  );
}

function handledElsewhere(): void {}

function tell<T>(ended: (outcome: Outcome<T>) => void, outcome: Outcome<T>): void {
  try {
    ended(outcome);
  } catch {
    // Whoever observes costs the observed nothing.
  }
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

/** What programs name things by. Any other text may be content. */
const IDENTIFIER = /^[A-Za-z_$][\w$.:/-]{0,99}$/;

/**
 * The `error.type` of something thrown: an Error's name, else its class, where these are identifiers; of what is no Error,
 * which may be a record of anything, the JavaScript type. Never throws.
 * https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/
 */
export function errorType(error: unknown): string {
  try {
    if (!isError(error)) return typeof error;
    return [error.name, error.constructor?.name].find(isIdentifier) ?? 'Error';
  } catch {
    return 'unknown';
  }
}

/** The `exception.type`, as SDKs name it: Node tells its errors apart by their code, as `ENOENT`. Never throws. */
export function exceptionType(error: unknown): string {
  try {
    const { code } = error as { code?: unknown };
    if (isError(error) && ((typeof code === 'number' && code !== 0) || isIdentifier(code)))
      return String(code);
  } catch {
    // It has none that can be read.
  }
  return errorType(error);
}

/** An Error of another realm is no instance of this one's. */
function isError(error: unknown): error is Error {
  return error instanceof Error || typeof (error as Partial<Error> | null | undefined)?.stack === 'string';
}

function isIdentifier(text: unknown): text is string {
  return typeof text === 'string' && IDENTIFIER.test(text);
}

/** Calls a host's method and tells one of the two callbacks, once, how it ended; see {@link observeOutcome}. */
export function observe<T>(
  call: () => T,
  returned: (value: unknown) => void,
  threw: (error: unknown) => void,
  run?: () => T,
): T {
  return observeOutcome(
    call,
    (outcome) => (outcome.threw ? threw(outcome.error) : returned(outcome.value)),
    run,
  );
}

/**
 * Calls code of the host that nothing here may depend on: what it throws, and what its promise rejects with
 * if it turned out to be async, goes to `onFailure`.
 */
export function callHost(call: () => unknown, onFailure: (error: unknown) => void): void {
  try {
    Promise.resolve(call()).catch(onFailure);
  } catch (error) {
    onFailure(error);
  }
}
