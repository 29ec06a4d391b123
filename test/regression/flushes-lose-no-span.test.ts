import { seriesOf } from '../../src/testing/samples.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';
import { exposed, observed } from './support.js';

// Flushes that overlapped opened a request each, and past its limit the exporter refused them; and the time-out of the
// stock processor ended a flush while spans were in flight, whose loss was counted by nobody then.

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

const lost = async (obs: ReturnType<typeof observed>) =>
  seriesOf(await exposed(obs), 'agent_os_telemetry_dropped_total')
    .filter(({ labels, value }) => labels['signal'] === 'traces' && value > 0)
    .map(({ labels, value }) => [labels['reason'], value]);

test('flushes that overlap deliver every span', async () => {
  const receiver = await startOtlpReceiver();
  const obs = observed({ otlp: { endpoint: receiver.url } });
  const flushes = Array.from({ length: 100 }, () => {
    obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {});
    return obs.forceFlush();
  });
  await Promise.all(flushes);
  expect(receiver.spans).toHaveLength(100);
  expect(await lost(obs)).toEqual([]);
  await receiver.close();
});

test('a flush waits for an answer beyond OTEL_BSP_EXPORT_TIMEOUT, and has counted what was refused', async () => {
  process.env['OTEL_BSP_EXPORT_TIMEOUT'] = '1';
  const receiver = await startOtlpReceiver({ respond: () => ({ status: 400, delayMs: 100 }) });
  const obs = observed({ otlp: { endpoint: receiver.url } });
  for (let i = 0; i < 7; i++) obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {});
  await obs.forceFlush();
  expect(await lost(obs)).toEqual([['export_failed', 7]]);
  await receiver.close();
});
