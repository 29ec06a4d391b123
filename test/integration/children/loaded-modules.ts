import { createRequire } from 'node:module';
import { initObservability } from '../../../src/index.js';

/** Prints which OpenTelemetry packages are loaded after the start, after a span, and after a flush. */
const obs = initObservability({
  serviceName: 'child',
  prometheus: false,
  otlp: { endpoint: process.argv[2]! },
});
obs.kernel.recordKernelCrash();
print('start');
obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {});
print('span');
await obs.forceFlush();
print('flush');
await obs.shutdown();

function print(when: string): void {
  const loaded = Object.keys(createRequire(import.meta.url).cache)
    .map((path) => /@opentelemetry[/\\]([^/\\]+)/.exec(path)?.[1])
    .filter((name) => name !== undefined);
  console.log(`${when} ${JSON.stringify([...new Set(loaded)].sort())}`);
}
