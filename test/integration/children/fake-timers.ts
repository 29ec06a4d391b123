import { mock } from 'node:test';
import { initObservability } from '../../../src/index.js';

/** A test of a host by node:test that puts fake timers in place of all real ones, which never pass. */
const [, , endpoint] = process.argv;
mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] });
const obs = initObservability({
  serviceName: 'child',
  prometheus: { port: 0 },
  otlp: { endpoint: endpoint! },
  metrics: { otlp: true },
});
const { metricsUrl } = await obs.ready;
obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {});
console.log(`exported ${(await obs.export()).length > 0}`);
console.log(`scraped ${(await fetch(metricsUrl!)).status}`);
await obs.forceFlush();
console.log('flushed');
await obs.shutdown();
console.log('ended');
