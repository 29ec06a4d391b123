export { registerGlobals, type GlobalRegistration } from './globals.js';
export { flushAtProcessEnd } from './process-end.js';
export { RunningSdk } from './running-sdk.js';
