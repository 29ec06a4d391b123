import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { KernelMetrics, type Observability } from '../../src/index.js';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { observed } from './support.js';

// The instruments of a host's MeterProvider are made once, and losses were counted by their log alone: what a later
// handle on that provider lost was counted nowhere.

let receiver: OtlpReceiver;
let reader: PrometheusExporter;
let meterProvider: MeterProvider;
beforeEach(async () => {
  receiver = await startOtlpReceiver({ respond: () => ({ status: 400 }) });
  reader = new PrometheusExporter({ preventServerStart: true });
  meterProvider = new MeterProvider({ readers: [reader] });
});
afterEach(async () => {
  await meterProvider.shutdown();
  await receiver.close();
});

const start = (): Observability => observed({ meterProvider, otlp: { endpoint: receiver.url } });
const loseSpans = async (obs: Observability, count: number): Promise<void> => {
  for (let i = 0; i < count; i++) obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {});
  await obs.forceFlush();
};
const lost = async (reason: string): Promise<unknown> => {
  const { resourceMetrics } = await reader.collect();
  return resourceMetrics.scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .find(({ descriptor }) => descriptor.name === 'agent_os_telemetry_dropped_total')
    ?.dataPoints.find(({ attributes }) => attributes['reason'] === reason)?.value;
};

test('a second handle on one MeterProvider of the host counts what it loses, after the first', async () => {
  const first = start();
  await loseSpans(first, 2);
  await first.shutdown();
  const second = start();
  await loseSpans(second, 3);
  second.kernel.recordKernelLatency({ durationSeconds: NaN });
  expect(await lost('export_failed')).toBe(5);
  expect(await lost('invalid_value')).toBe(1);
});

test('a handle counts what it loses where KernelMetrics was on its MeterProvider before', async () => {
  const before = new KernelMetrics({ meterProvider });
  await loseSpans(start(), 3);
  before.recordKernelLatency({ durationSeconds: NaN });
  expect(await lost('export_failed')).toBe(3);
  expect(await lost('invalid_value')).toBe(1);
});
