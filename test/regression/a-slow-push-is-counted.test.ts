import { diag } from '@opentelemetry/api';
import { sampleValue } from '../../src/testing/samples.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';
import { exposed, observed } from './support.js';

// A collector that was slower than the time between two pushes was an error line at each push, and counted nowhere.

test('a push without an answer before the next one is counted, and said once', async () => {
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
  const lost = { signal: 'metrics', reason: 'export_failed' };
  expect(sampleValue(await exposed(obs), 'agent_os_telemetry_dropped_total', lost)).toBeGreaterThan(0);
  expect(said).toEqual([expect.stringContaining('could not push metrics by OTLP')]);
  await receiver.close();
  await obs.shutdown();
  diag.disable();
});
