import { createRequire } from 'node:module';
import type * as Loaders from './require.js';

const require = createRequire(import.meta.url);

function load<Name extends keyof typeof Loaders>(path: string): ReturnType<(typeof Loaders)[Name]> {
  return require(path) as ReturnType<(typeof Loaders)[Name]>;
}

export const loadPipelines = () => load<'loadPipelines'>('../pipelines.js');
