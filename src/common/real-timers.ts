import timers from 'node:timers';

/*
 * The timers of the runtime as they are when the package is loaded. A test of a host that replaces the global ones by
 * fakes must not stop what it does not know of: a shutdown would wait for ever.
 */

export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = timers;

/** Monotonic, in milliseconds. */
export const elapsedMillis = performance.now.bind(performance);
