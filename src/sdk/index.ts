export { registerGlobals, type KeptGlobal } from './globals.js';
export { InMemorySdk, type CollectedSeries, type CollectedSpan } from './in-memory-sdk.js';
export { flushAtProcessEnd } from './process-end.js';
export { RunningSdk } from './running-sdk.js';
