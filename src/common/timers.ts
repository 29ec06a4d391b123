/**
 * The timers as they are when this module is loaded: tests of a host put fake ones in their place, on which nothing of
 * ours may wait. None of them keeps a process alive.
 */
const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = globalThis;

/** Stops a timer. */
export type Stop = () => void;

export function after(millis: number, act: () => void): Stop {
  const timer = setTimeout(act, millis);
  timer.unref?.();
  return () => clearTimeout(timer);
}

export function every(millis: number, act: () => void): Stop {
  const timer = setInterval(act, millis);
  timer.unref?.();
  return () => clearInterval(timer);
}

/** In the next turn of the event loop. */
export function soon(act: () => void): Stop {
  const immediate = setImmediate(act);
  immediate.unref?.();
  return () => clearImmediate(immediate);
}
