import { monotonicClock, secondsSince, type Clock } from '../common/clock.js';
import { observeOutcome, type Outcome } from '../common/outcome.js';
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
  const clock = recorder?.registry.clock ?? monotonicClock;
  const start = clock();
  return observeOutcome(run, (outcome) => {
    try {
      ended(outcome, secondsSince(clock, start));
    } catch (error) {
      dropCall(recorder, method, error);
    }
  });
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
  const clock = recorder?.registry.clock ?? monotonicClock;
  const start = clock();
  let ended = false;
  return {
    end(result) {
      if (ended) return;
      ended = true;
      try {
        record(result, secondsSince(clock, start));
      } catch (error) {
        dropCall(recorder, method, error);
      }
    },
  };
}
