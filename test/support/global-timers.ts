/**
 * In place of node:timers, for tests that decide when time passes: the timers of the package are then the global ones as
 * they are at each call, so that jest's fake timers reach them. To be used with jest.mock().
 */
export default {
  setTimeout: (act: () => void, millis: number) => setTimeout(act, millis),
  setInterval: (act: () => void, millis: number) => setInterval(act, millis),
  setImmediate: (act: () => void) => setImmediate(act),
  clearTimeout: (timer: NodeJS.Timeout) => clearTimeout(timer),
  clearInterval: (timer: NodeJS.Timeout) => clearInterval(timer),
  clearImmediate: (immediate: NodeJS.Immediate) => clearImmediate(immediate),
};
