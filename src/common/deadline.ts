import { holdingAfter, type Stop } from './timers.js';

/**
 * What `work` gives, or what `onLate` gives once the time is up; rejects with what either of them throws. The work goes
 * on in the background.
 *
 * @param millis - undefined for no deadline
 */
export async function withDeadline<T, L>(
  work: Promise<T>,
  millis: number | undefined,
  onLate: () => L,
): Promise<T | L> {
  if (millis === undefined) return work;
  let stop: Stop | undefined;
  const late = new Promise<void>((resolve) => {
    stop = holdingAfter(millis, resolve);
  });
  try {
    return await Promise.race([work, late.then(onLate)]);
  } finally {
    stop?.();
  }
}

/** Waits for `work` at most until the deadline; true when it settled in time. Never rejects. */
export function settledWithin(
  work: Promise<unknown>,
  millis: number,
  onError: (error: unknown) => void,
): Promise<boolean> {
  const settled = work.catch(onError).then(() => true);
  return withDeadline(settled, millis, () => false);
}

/** Settles when all have; rejects with the first failure, after the others had their time. */
export async function allOf(...work: (() => Promise<void> | undefined)[]): Promise<void> {
  const results = await Promise.allSettled(work.map(async (start) => start()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
