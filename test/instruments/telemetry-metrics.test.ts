import { Instruments } from '../../src/instruments/instruments.js';
import { KernelMetrics } from '../../src/instruments/index.js';
import { TelemetryMetrics } from '../../src/instruments/telemetry-metrics.js';
import { recording, stockProvider } from './support.js';

const DROPPED = 'agent_os_telemetry_dropped_total';

test('recordScrape records seconds', async () => {
  const { telemetry, collect } = recording();
  telemetry.recordScrape(0.004);
  expect((await collect()).timed('agent_os_telemetry_scrape_duration_seconds')).toEqual({
    count: 1,
    sum: 0.004,
  });
});

test('losses that must alert are there at 0 before any', async () => {
  const found = await recording().collect();
  expect(found.find(DROPPED, { signal: 'metrics', reason: 'cardinality' })).toBe(0);
  expect(found.find(DROPPED, { signal: 'traces', reason: 'queue_full' })).toBe(0);
  expect(found.find(DROPPED, { signal: 'traces', reason: 'export_failed' })).toBe(0);
});

test('what the drop log hears is counted, as often as it says', async () => {
  const { drops, collect } = recording();
  drops.dropped('traces', 'queue_full', 'queue', 'the queue is full.', 12);
  drops.dropped('traces', 'queue_full', 'queue', 'the queue is full.', 3);
  expect((await collect()).find(DROPPED, { signal: 'traces', reason: 'queue_full' })).toBe(15);
});

test('series and their limit are shown for each metric that has labels and series', async () => {
  const { instruments, collect } = recording({ cardinalityLimits: { series: 50 } });
  const kernel = new KernelMetrics(instruments);
  for (const action of ['a', 'b', 'c']) kernel.recordRequest({ action, status: 'success' });
  const found = await collect();
  const of = (metric: string) => [
    found.find('agent_os_telemetry_series', { metric }),
    found.find('agent_os_telemetry_series_limit', { metric }),
  ];
  expect(of('agent_os_requests_total')).toEqual([3, 50]);
  expect(of('agent_os_sigkill_total')).toEqual([1, 50]);
  expect(of('agent_os_kernel_crashes_total')).toEqual([undefined, undefined]); // no labels
  expect(of('agent_os_violations_total')).toEqual([undefined, undefined]); // no series yet
});

test('series counts from beside the registry are shown too', async () => {
  const { meterProvider, collect } = stockProvider();
  new TelemetryMetrics(Instruments.of({ meterProvider }), () => [
    { metric: 'host_calls', series: 4, limit: 9 },
  ]);
  const found = await collect();
  expect(found.find('agent_os_telemetry_series', { metric: 'host_calls' })).toBe(4);
  expect(found.find('agent_os_telemetry_series_limit', { metric: 'host_calls' })).toBe(9);
});
