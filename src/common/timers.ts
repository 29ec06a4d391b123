import { performance } from 'node:perf_hooks';
import timers from 'node:timers';

/*
 * The timers and the monotonic clock of the runtime, as they are when the package is loaded. Tests of a host put fake
 * ones in their place, globally or in node:timers; nothing of ours may wait on those.
 */
const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = timers;

/** Milliseconds of a clock that never goes back. */
export const elapsedMillis = performance.now.bind(performance);

/** Stops a timer. */
export type Stop = () => void;

/** It does not keep the process alive. */
export function after(millis: number, act: () => void): Stop {
  const timer = setTimeout(act, millis);
  timer.unref();
  return () => clearTimeout(timer);
}

/** The same, but it keeps the process alive: for work of which nothing else does, and for which somebody waits. */
export function holdingAfter(millis: number, act: () => void): Stop {
  const timer = setTimeout(act, millis);
  return () => clearTimeout(timer);
}

/** It does not keep the process alive. */
export function every(millis: number, act: () => void): Stop {
  const timer = setInterval(act, millis);
  timer.unref();
  return () => clearInterval(timer);
}

/** In the next turn of the event loop. It does not keep the process alive. */
export function soon(act: () => void): Stop {
  const immediate = setImmediate(act);
  immediate.unref();
  return () => clearImmediate(immediate);
}

/** Resolves in the next turn of the event loop, which keeps the process alive for it. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
