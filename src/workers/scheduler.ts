import { after, type Stop } from '../common/timers.js';

/** Time, as the group of processes sees it. Timers keep no process alive. */
export interface Scheduler {
  /** Milliseconds since the epoch. */
  now(): number;
  after(millis: number, act: () => void): Stop;
}

export const realTime: Scheduler = { now: Date.now, after };

/** True when `work` settled before the time was up. Never rejects. */
export function settledBefore(
  work: Promise<unknown>,
  millis: number,
  scheduler: Scheduler,
): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = scheduler.after(millis, () => resolve(false));
    const settled = (): void => {
      stop();
      resolve(true);
    };
    work.then(settled, settled);
  });
}
