import { type Context, context } from '@opentelemetry/api';
import { monotonicClock, secondsSince, type Clock } from '../common/clock.js';
import { entering } from '../common/call-in-context.js';
import { follow, lazyKind } from '../common/followed-result.js';
import { type Enter, type FollowedEnd, type Follower, isUnseen } from '../common/followed-stream.js';
import { isThenable, observeSettlement, type Outcome } from '../common/outcome.js';
import { DropLog } from '../diagnostics/drop-log.js';

/** A metric class, as far as the calls of a host need it. */
export interface Recorder {
  readonly registry: { readonly clock: Clock; readonly drops: DropLog };
}

/** For a method that was taken off its object and called without it. */
const detached = new DropLog();

/** Counts and says once that a call was not recorded, because its arguments could not be read. Never throws. */
export function dropCall(recorder: Recorder | undefined, method: string, error: unknown): void {
  (recorder?.registry.drops ?? detached).invalidCall(method, error);
}

/**
 * Runs a function of the host and tells `ended` how it ended and after how long. The host gets what its function returns
 * or throws; where it gave no function, undefined.
 */
export function timedCall<T>(
  recorder: Recorder | undefined,
  method: string,
  run: () => T,
  ended: (outcome: Outcome<Awaited<T>>, durationSeconds: number) => void,
): T {
  if (!isFunction(recorder, method, run)) return undefined as T;
  const start = clockOf(recorder)();
  let result: T;
  try {
    result = run();
  } catch (error) {
    tell(recorder, method, start, ended, { threw: true, error });
    throw error;
  }
  if (isThenable(result)) {
    return observeSettlement(result as PromiseLike<Awaited<T>>, (outcome) =>
      tell(recorder, method, start, ended, outcome),
    ) as T;
  }
  tell(recorder, method, start, ended, { threw: false, value: result as Awaited<T> });
  return result;
}

/**
 * The same, but what the function returns is followed to its end where it is lazy: see {@link follow}. The time that nobody
 * read a stream that was given up does not count.
 */
export function followedCall<T>(
  recorder: Recorder | undefined,
  method: string,
  run: () => T,
  ended: (end: FollowedEnd<Awaited<T>>, durationSeconds: number) => void,
): T {
  if (!isFunction(recorder, method, run)) return undefined as T;
  const start = clockOf(recorder)();
  let result: T;
  try {
    result = run();
  } catch (error) {
    tell(recorder, method, start, ended, { threw: true, error });
    throw error;
  }
  const kind = lazyKind(result);
  if (kind !== undefined) return follow(result, kind, new CallFollower<T>(recorder, method, start, ended));
  tell(recorder, method, start, ended, { threw: false, value: result as Awaited<T> });
  return result;
}

/** An object instead of closures: most of what is followed are promises, and each has one. */
class CallFollower<T> implements Follower {
  readonly clock: Clock;

  constructor(
    private readonly recorder: Recorder | undefined,
    private readonly method: string,
    private readonly start: number,
    private readonly told: (end: FollowedEnd<Awaited<T>>, durationSeconds: number) => void,
  ) {
    this.clock = clockOf(recorder);
  }

  contextOf(): Enter {
    return entering(activeContext());
  }

  ended(end: FollowedEnd<unknown>): void {
    const from = isUnseen(end) ? this.start + end.idleMillis : this.start;
    tell(this.recorder, this.method, from, this.told, end as FollowedEnd<Awaited<T>>);
  }
}

/** A plain call with all it needs: a closure around `ended` costs a check that returns at once a sixth of its time. */
function tell<O>(
  recorder: Recorder | undefined,
  method: string,
  start: number,
  ended: (outcome: O, durationSeconds: number) => void,
  outcome: O,
): void {
  try {
    ended(outcome, secondsSince(clockOf(recorder), start));
  } catch (error) {
    dropCall(recorder, method, error);
  }
}

function clockOf(recorder: Recorder | undefined): Clock {
  return recorder?.registry.clock ?? monotonicClock;
}

/** Whether the host gave a function to call; what else it gave is counted as a call that was dropped. */
export function isFunction(recorder: Recorder | undefined, method: string, given: unknown): boolean {
  if (typeof given === 'function') return true;
  dropCall(recorder, method, new TypeError(`a function must be given, got ${typeof given}`));
  return false;
}

/** A running measurement for those who cannot wrap a function. */
export interface Timer<R> {
  /** Records the time since the start with this result. Only the first call counts. */
  end(result: R): void;
}

export function startTimer<R>(
  recorder: Recorder | undefined,
  method: string,
  record: (result: R, durationSeconds: number) => void,
): Timer<R> {
  const start = clockOf(recorder)();
  let ended = false;
  return {
    end(result) {
      if (ended) return;
      ended = true;
      try {
        record(result, secondsSince(clockOf(recorder), start));
      } catch (error) {
        dropCall(recorder, method, error);
      }
    },
  };
}

/** What a host has made active; undefined where its context manager fails. */
export function activeContext(): Context | undefined {
  try {
    return context.active();
  } catch {
    return undefined;
  }
}
