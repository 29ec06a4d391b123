import type * as Sdk from '../sdk/index.js';

declare const require: (path: string) => unknown;

/** Loads src/sdk when it is first needed: a disabled SDK loads the API alone. CommonJS build. */
export function loadSdk(): typeof Sdk {
  return require('../sdk/index.js') as typeof Sdk;
}
