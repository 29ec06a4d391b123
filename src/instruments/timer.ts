import { secondsSince, type Clock } from '../clock.js';

/** A running measurement for those who cannot wrap a function. */
export interface Timer<R> {
  /** Records the time since the start with this result. Only the first call counts. */
  end(result: R): void;
}

export function startTimer<R>(clock: Clock, record: (result: R, seconds: number) => void): Timer<R> {
  const start = clock();
  let ended = false;
  return {
    end(result) {
      if (ended) return;
      ended = true;
      record(result, secondsSince(clock, start));
    },
  };
}
