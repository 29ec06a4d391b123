import { createNoopMeter, metrics } from '@opentelemetry/api';
import { AgentMetrics, AmbMetrics, CmvkMetrics, KernelMetrics } from '../../src/instruments/index.js';
import { Instruments } from '../../src/instruments/instruments.js';
import { definitionOf, SCOPE_NAME, type MetricName } from '../../src/semconv/index.js';
import { VERSION } from '../../src/semconv/resource.js';
import { recording, stockProvider } from './support.js';

afterEach(() => metrics.disable());

test('without an SDK everything runs and records nothing', async () => {
  const kernel = new KernelMetrics();
  kernel.recordRequest({ action: 'a', status: 'success' });
  kernel.recordViolation({ agentId: 'a', action: 'b', policy: 'c' });
  expect(kernel.policyCheck('p', () => 'deny')).toBe('deny');
  expect(await kernel.execution('a', async () => 7)).toBe(7);
  new AgentMetrics().recordLlmCall({ agentId: 'a', model: 'm' });
  new CmvkMetrics({ meterProvider: { getMeter: () => createNoopMeter() } }).recordDisagreement({
    modelA: 'a',
    modelB: 'b',
  });
  new AmbMetrics().observeQueueDepth('t', () => 1)();
  expect(kernel.violationRate()).toBe(1000);
});

test('the globally registered provider of a host is used where none is given, and left as it is', async () => {
  const { meterProvider, collect } = stockProvider();
  metrics.setGlobalMeterProvider(meterProvider);
  new KernelMetrics().recordKernelCrash();
  new KernelMetrics().recordKernelCrash();
  expect(metrics.getMeterProvider()).toBe(meterProvider);
  expect((await collect()).find('agent_os_kernel_crashes_total')).toBe(2);
});

test('meters of the host beside ours go on as they are', async () => {
  const { meterProvider, collect } = stockProvider();
  meterProvider.getMeter('my-app').createCounter('my_counter').add(2, { any: 'thing' });
  new KernelMetrics({ meterProvider });
  expect((await collect()).metric('my_counter')!.dataPoints[0]).toMatchObject({
    attributes: { any: 'thing' },
    value: 2,
  });
});

test('the meter carries the package’s name and version', () => {
  const asked: unknown[] = [];
  new KernelMetrics({ meterProvider: { getMeter: (...scope) => (asked.push(scope), createNoopMeter()) } });
  expect(asked).toEqual([[SCOPE_NAME, VERSION]]);
});

test('instruments are the registry’s: name, unit, description and buckets', async () => {
  const { instruments, collect } = recording();
  const kernel = new KernelMetrics(instruments);
  kernel.recordRequest({ action: 'a', status: 'success' });
  kernel.recordPolicyCheck({ policy: 'p', result: 'allowed', durationSeconds: 1 });
  kernel.recordExecution({ action: 'a', status: 'success', durationSeconds: 1 });
  for (const { descriptor, dataPoints } of (await collect()).metrics) {
    const { unit, description, buckets } = definitionOf(descriptor.name as MetricName);
    expect(descriptor).toMatchObject({ unit, description });
    for (const { value } of dataPoints) {
      if (typeof value !== 'number') expect(value).toMatchObject({ buckets: { boundaries: buckets } });
    }
  }
});

test('instruments of a provider are made once', () => {
  const { meterProvider } = stockProvider();
  const instruments = Instruments.of({ meterProvider });
  expect(Instruments.of({ meterProvider })).toBe(instruments);
  expect(Instruments.of(instruments)).toBe(instruments);
  expect(instruments.counter('agent_os_requests_total')).toBe(instruments.counter('agent_os_requests_total'));
  expect(instruments.gauge('amb_queue_depth')).toBe(instruments.gauge('amb_queue_depth'));
  expect(Instruments.of({ meterProvider: stockProvider().meterProvider })).not.toBe(instruments);
});

test('what instances share is made once for each owner', () => {
  const instruments = Instruments.of({ meterProvider: stockProvider().meterProvider });
  let made = 0;
  const make = () => ({ made: ++made });
  expect(instruments.shared('a', make)).toBe(instruments.shared('a', make));
  expect(instruments.shared('b', make)).toEqual({ made: 2 });
  expect(instruments.shared('none', () => undefined)).toBeUndefined();
});

test('a thousand KernelMetrics on a provider add nothing to a collection', async () => {
  const { meterProvider, collect } = stockProvider();
  for (let i = 0; i < 1000; i++)
    new KernelMetrics({ meterProvider }).setInfo({ version: `${i}`, policyMode: 'm' });
  const found = await collect();
  expect(found.points('agent_os_kernel_info').map(({ labels }) => labels['version'])).toEqual(['999']);
  expect(found.points('agent_os_kernel_uptime_seconds')).toHaveLength(1);
});
