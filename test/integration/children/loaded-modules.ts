import { createRequire } from 'node:module';
import { initObservability } from '../../../src/index.js';

/** Prints which OpenTelemetry packages a start loads. */
const obs = initObservability({ serviceName: 'child', prometheus: false });
obs.kernel.recordKernelCrash();
const loaded = Object.keys(createRequire(import.meta.url).cache)
  .map((path) => /@opentelemetry[/\\]([^/\\]+)/.exec(path)?.[1])
  .filter((name) => name !== undefined);
console.log(JSON.stringify([...new Set(loaded)].sort()));
await obs.shutdown();
