import { createRequire } from 'node:module';
import type * as Sdk from '../sdk/index.js';

declare const require: (path: string) => unknown;

/**
 * Loads src/sdk when it is first needed: a disabled SDK loads the API alone. ESM build. A bundler resolves the plain
 * `require` and keeps it lazy; in Node, where ES modules have none, the same module is required by its URL.
 */
export function loadSdk(): typeof Sdk {
  try {
    return require('../sdk/index.js') as typeof Sdk;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return createRequire(import.meta.url)('../sdk/index.js') as typeof Sdk;
  }
}
