import { elapsedMillis } from './timers.js';

/** Milliseconds of a clock that never goes back. */
export type Clock = () => number;

/** Longest delay a timer of Node takes, in milliseconds. */
export const MAX_TIMER_MILLIS = 2 ** 31 - 1;

export const monotonicClock: Clock = elapsedMillis;

/** Seconds since `startMs`; never negative. */
export function secondsSince(clock: Clock, startMs: number): number {
  return Math.max(0, clock() - startMs) / 1000;
}

/** The host's clock, or the monotonic one; one that throws or gives no number reads as 0, for times are not worth a fault. */
export function reliableClock(clock: Clock | undefined): Clock {
  if (clock === undefined) return monotonicClock;
  return () => {
    try {
      const now: unknown = clock();
      return typeof now === 'number' && Number.isFinite(now) ? now : 0;
    } catch {
      return 0;
    }
  };
}
