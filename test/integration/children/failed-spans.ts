// Ends many failed spans with long messages in one go, in a small heap: failed-spans.ts ENDPOINT SPANS
import { sampleValue } from '../../../src/testing/samples.js';
import { parseExposition } from '../../../src/testing/parse-exposition.js';
import { initObservability } from '../../../src/index.js';

const [endpoint = '', spans = '0'] = process.argv.slice(2);
const obs = initObservability({
  serviceName: 'failing',
  prometheus: false,
  otlp: { endpoint },
  shutdownTimeoutMillis: 2000,
});
for (let index = 0; index < Number(spans); index++) {
  const error = new Error(`${index} ${'m'.repeat(32_768)}`);
  try {
    obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {
      throw error;
    });
  } catch {
    // It is the span's, and the host's own affair.
  }
}
await obs.shutdown();
const families = parseExposition(await obs.export());
const lost = ['queue_full', 'export_failed', 'shutdown_timeout'].map(
  (reason) => sampleValue(families, 'agent_os_telemetry_dropped_total', { signal: 'traces', reason }) ?? 0,
);
console.log(`lost ${lost.reduce((sum, count) => sum + count, 0)}`);
