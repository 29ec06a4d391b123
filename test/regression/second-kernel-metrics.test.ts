import { metrics, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { KernelMetrics, KernelTracer } from '../../src/index.js';
import { sampleValue } from '../../src/testing/samples.js';
import { exposed, observed } from './support.js';

// A second KernelMetrics crashed the process: its names were taken. And the tracer replaced the application's global
// provider, so that the application's own spans went to the kernel's exporter.

afterEach(() => {
  metrics.disable();
  trace.disable();
});

test('a second KernelMetrics records into the same series', async () => {
  const obs = observed();
  const second = new KernelMetrics({ meterProvider: obs.meterProvider });
  obs.kernel.recordKernelCrash();
  second.recordKernelCrash();
  expect(sampleValue(await exposed(obs), 'agent_os_kernel_crashes_total')).toBe(2);
});

test('the application’s global providers stay the application’s', () => {
  const ours = { meters: new MeterProvider(), tracers: new BasicTracerProvider() };
  metrics.setGlobalMeterProvider(ours.meters);
  trace.setGlobalTracerProvider(ours.tracers);
  const global = trace.getTracerProvider() as unknown as { getDelegate(): unknown };
  new KernelMetrics();
  new KernelTracer();
  observed({ registerGlobally: true });
  expect(metrics.getMeterProvider()).toBe(ours.meters);
  expect(global.getDelegate()).toBe(ours.tracers);
});
