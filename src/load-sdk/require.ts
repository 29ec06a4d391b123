import type * as Sdk from '../pipelines.js';

declare const require: (path: string) => unknown;

// What is loaded when it is first needed. This file is the one that is built; the other in this folder stands for it where
// the sources run as ES modules, which have no `require`. Each path is literal, so that bundlers find it.

export const loadPipelines = () => require('../pipelines.js') as typeof Sdk;
