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

/** Timers on a fake clock. */
export interface FakeTimers {
  readonly after: (millis: number, act: () => void) => () => void;
  /** Moves the clock, and then calls what is due by it. */
  readonly advance: (ms: number) => void;
  /** How many wait. */
  readonly waiting: () => number;
}

export function fakeTimers(clock: FakeClock): FakeTimers {
  const timers = new Map<object, { readonly at: number; readonly act: () => void }>();
  return {
    after(millis, act) {
      const key = {};
      timers.set(key, { at: clock.now() + millis, act });
      return () => void timers.delete(key);
    },
    advance(ms) {
      clock.advance(ms);
      for (const [key, { at, act }] of [...timers]) if (at <= clock.now() && timers.delete(key)) act();
    },
    waiting: () => timers.size,
  };
}
