import { createRequire } from 'node:module';
import { initObservability } from '../../../src/index.js';

/** A host that queues 1000 spans and then ends in the way its argument says. */
const [, , ending, endpoint, shutdownTimeout = '1500'] = process.argv;
/** A handler of the host's, which ends the process when the test says so. */
const own = (): void => void process.once('SIGCONT', () => process.exit(7));
if (ending === 'own-handler-before') process.on('SIGTERM', own);
if (ending === 'own-handler-once') process.once('SIGTERM', own);
if (ending === 'signal-exit') createRequire(import.meta.url)('signal-exit')(() => console.log('exit hook'));

const obs = initObservability({
  serviceName: 'child',
  prometheus: { port: 0 },
  otlp: { endpoint: endpoint! },
  traces: {
    maxQueueSize: 5000,
    scheduledDelayMillis: 60_000,
    maxExportBatchSize: 5000,
    ...(process.env['SPOOL'] && { spoolFolder: process.env['SPOOL'] }),
  },
  shutdownTimeoutMillis: Number(shutdownTimeout),
});
await obs.ready;
for (let i = 0; i < 1000; i++) obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {});
if (ending === 'own-handler-after') process.on('SIGTERM', own);
console.log('queued');

switch (ending) {
  case 'return':
    process.exitCode = 3;
    break;
  case 'exit':
    process.exit(4);
    break;
  case 'crash':
    setTimeout(() => {
      throw new Error('the host crashed');
    }, 10);
    break;
  case 'shutdown':
    await obs.shutdown();
    console.log((await obs.export()).match(/^agent_os_telemetry_dropped_total.* [1-9].*$/m)?.[0]);
    process.exit(0);
    break;
  default:
    setInterval(() => {}, 1000); // waits for a signal
}
