/** Milliseconds of a clock that never goes back. */
export type Clock = () => number;

export const monotonicClock: Clock = () => performance.now();

/** Seconds since `startMs`; never negative. */
export function secondsSince(clock: Clock, startMs: number): number {
  return Math.max(0, clock() - startMs) / 1000;
}
