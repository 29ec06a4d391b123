import { diag } from '@opentelemetry/api';
import { sampleValue } from '../../src/testing/samples.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';
import { exposed, observed } from './support.js';

// A collector that was slower than the time between two pushes was an error line at each push. Totals that it did not get go
// with the next push, so they are not lost.

test('a push of totals without an answer in time is said once, and is no loss', async () => {
  const receiver = await startOtlpReceiver({ respond: () => ({ status: 200, delayMs: 60_000 }) });
  const said: string[] = [];
  const log = (message: string): void => void said.push(message);
  diag.setLogger({ error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} });
  const obs = observed({
    otlp: { endpoint: receiver.url, timeoutMillis: 1200 },
    metrics: { otlp: true, exportIntervalMillis: 1000 },
    shutdownTimeoutMillis: 100,
  });
  await obs.forceFlush();
  await obs.forceFlush();
  const lost = { signal: 'metrics', reason: 'export_failed' };
  expect(sampleValue(await exposed(obs), 'agent_os_telemetry_dropped_total', lost)).toBeUndefined();
  expect(said).toEqual([expect.stringContaining('they go with the next push')]);
  await receiver.close();
  await obs.shutdown();
  diag.disable();
});
