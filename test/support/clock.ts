/** A clock that moves only when a test says so. */
export interface FakeClock {
  /** The time, in milliseconds; a free function, so it can be handed over as `now: clock.now`. */
  readonly now: () => number;
  /** Moves the time forward by so many milliseconds (fractions are fine). */
  readonly advance: (ms: number) => void;
}

/** @param startMs - what `now()` answers first, in milliseconds. */
export function fakeClock(startMs = 0): FakeClock {
  let current = startMs;
  return {
    now: () => current,
    advance(ms) {
      if (!Number.isFinite(ms) || ms < 0) {
        throw new RangeError(`a clock advances by a finite, non-negative number of milliseconds, not ${ms}`);
      }
      current += ms;
    },
  };
}
