export { registerGlobals, type KeptGlobal } from './globals.js';
export { loadAhead } from './load-ahead.js';
export { flushAtProcessEnd } from './process-end.js';
export { RunningSdk } from './running-sdk.js';
