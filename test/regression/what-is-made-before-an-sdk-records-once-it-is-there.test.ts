import { diag, metrics, type MeterProvider } from '@opentelemetry/api';
import {
  AgentMetrics,
  AmbMetrics,
  CmvkMetrics,
  KernelMetrics,
  KillMetrics,
} from '../../src/instruments/index.js';
import { stockProvider, warnings } from '../instruments/support.js';
import { exposed, observed } from './support.js';
import { sampleValue } from '../../src/testing/samples.js';

// The API has no meter provider that waits for another, as it has for tracers: what was made before an SDK was there
// recorded nothing for the life of the process.

afterEach(() => {
  metrics.disable();
  diag.disable();
});

/** A host's SDK, registered now. */
function register() {
  const stock = stockProvider();
  metrics.setGlobalMeterProvider(stock.meterProvider);
  return stock;
}

test('counters and histograms of every class', async () => {
  const kernel = new KernelMetrics();
  const agent = new AgentMetrics();
  const cmvk = new CmvkMetrics();
  const amb = new AmbMetrics();
  const record = () => {
    kernel.recordRequest({ action: 'read', status: 'success' });
    kernel.countCheck('p', 'allow', 'allowed', 0.1);
    kernel.recordAgentStarted();
    agent.recordLlmCall({ agentId: 'a', model: 'm' });
    agent.recordLlmUsage({ model: 'm', inputTokens: 2 });
    cmvk.recordModelResponse({ model: 'm', latencySeconds: 1 });
    amb.recordPublished({ topic: 't', priority: 'high' });
  };
  record();
  record(); // by series that are remembered
  const { collect } = register();
  for (let i = 0; i < 3; i++) record();
  const found = await collect();
  expect(found.find('agent_os_requests_total', { status: 'success', action: 'read' })).toBe(3);
  expect(
    found.timed('agent_os_policy_check_duration_seconds', { result: 'allowed', policy: 'p' })?.count,
  ).toBe(3);
  expect(found.total('agent_os_policy_decisions_total')).toBe(3);
  expect(found.find('agent_os_active_agents')).toBe(3);
  expect(found.find('agent_os_agent_llm_calls_total', { agent_id: 'a', model: 'm' })).toBe(3);
  const tokens = found.metric('gen_ai.client.token.usage')?.dataPoints.map(({ value }) => value);
  expect(tokens).toEqual([expect.objectContaining({ count: 3, sum: 6 })]);
  expect(found.timed('agent_os_cmvk_model_latency_seconds', { model: 'm' })?.count).toBe(3);
  expect(found.find('amb_messages_published_total', { topic: 't', priority: 'high' })).toBe(3);
});

test('gauges, without anything that records', async () => {
  const kernel = new KernelMetrics();
  kernel.setInfo({ version: '1', policyMode: 'strict' });
  const amb = new AmbMetrics();
  const depth = jest.fn(() => 7);
  const stop = amb.observeQueueDepth('t', depth);
  const { collect } = register();
  await new Promise((resolve) => setImmediate(resolve));
  const found = await collect();
  expect(found.find('amb_queue_depth', { topic: 't' })).toBe(7);
  expect(found.find('agent_os_kernel_info', { version: '1', policy_mode: 'strict' })).toBe(1);
  expect(found.points('agent_os_kernel_uptime_seconds')).toHaveLength(1);
  expect(depth).toHaveBeenCalledTimes(1);
  stop();
  await collect();
  expect(depth).toHaveBeenCalledTimes(1);
});

test('what instances share is one with what others share on the provider', async () => {
  const before = new KernelMetrics();
  const votes = new CmvkMetrics();
  const { collect } = register();
  const after = new KernelMetrics();
  before.recordViolation({ agentId: 'a', action: 'x', policy: 'p' });
  after.recordRequest({ action: 'x', status: 'denied' });
  after.recordRequest({ action: 'x', status: 'success' });
  new CmvkMetrics().recordVerification({
    result: 'verified',
    confidence: 1,
    driftScore: 0,
    durationSeconds: 1,
  });
  votes.recordModelResponse({ model: 'm', latencySeconds: 1 });
  expect(before.violationRate()).toBe(500);
  expect(votes.consensusRatio()).toBe(1);
  expect((await collect()).points('agent_os_violation_rate').map(({ value }) => value)).toEqual([500]);
});

test('a kill that began before it, with those that begin after it', async () => {
  const before = new KillMetrics();
  const first = before.startKill({ agentId: 'a', reason: 'drift' });
  const { collect } = register();
  const second = new KillMetrics().startKill({ agentId: 'b', reason: 'drift' });
  const underWay = async () =>
    (await collect()).points('agent_os_kills_in_progress').map(({ value }) => value);
  before.recordKill({ agentId: 'c', reason: 'drift', outcome: 'refused' });
  expect(await underWay()).toEqual([2]);
  first.end({ outcome: 'stopped' });
  expect(await underWay()).toEqual([1]);
  second.end({ outcome: 'failed' });
  expect(await underWay()).toEqual([0]);
  expect((await collect()).total('agent_os_kill_attempts_total')).toBe(3);
});

test('that of initObservability, which comes after them', async () => {
  const kernel = new KernelMetrics();
  const amb = new AmbMetrics();
  amb.observeBroker('b', () => true);
  const obs = observed({ registerGlobally: true });
  expect(sampleValue(await exposed(obs), 'amb_broker_connected', { broker: 'b' })).toBe(1);
  kernel.recordKernelCrash();
  obs.kernel.recordKernelCrash();
  expect(sampleValue(await exposed(obs), 'agent_os_kernel_crashes_total')).toBe(2);
  await obs.shutdown();
  const again = new KernelMetrics();
  const next = observed({ registerGlobally: true });
  again.recordKernelCrash();
  expect(sampleValue(await exposed(next), 'agent_os_kernel_crashes_total')).toBe(1);
});

test('a meterProvider that was asked of the API before the SDK was there', async () => {
  const obs = observed({ meterProvider: metrics.getMeterProvider() });
  const { collect } = register();
  obs.kernel.recordKernelCrash();
  const found = await collect();
  expect(found.find('agent_os_kernel_crashes_total')).toBe(1);
  expect(found.points('agent_os_telemetry_series').length).toBeGreaterThan(0);
});

test('losses are counted where it records', async () => {
  const kernel = new KernelMetrics();
  const obs = observed({ registerGlobally: true });
  kernel.recordExecution({ action: 'a', status: 'success', durationSeconds: NaN });
  const labels = { signal: 'metrics', reason: 'invalid_value' };
  expect(sampleValue(await exposed(obs), 'agent_os_telemetry_dropped_total', labels)).toBe(1);
});

test('a provider that fails costs the host nothing', () => {
  const kernel = new KernelMetrics();
  const broken: MeterProvider = {
    getMeter: () => {
      throw new Error('no');
    },
  };
  metrics.setGlobalMeterProvider(broken);
  kernel.recordKernelCrash();
  expect(kernel.policyCheck('p', () => true)).toBe(true);
});

test('limits that differ from those by which series are admitted are said once', () => {
  const said = warnings();
  const { meterProvider } = stockProvider();
  new KernelMetrics({ meterProvider, cardinalityLimits: { id: 5 } });
  new KernelMetrics({ meterProvider });
  new AgentMetrics({ meterProvider, cardinalityLimits: { id: 5, open: 200 } });
  expect(said).toEqual([]);
  new AgentMetrics({ meterProvider, labelCaps: { id: 7 } });
  new AgentMetrics({ meterProvider, cardinalityLimits: { id: 8 } });
  expect(said.filter((line) => !line.includes('is now cardinalityLimits'))).toEqual([
    expect.stringMatching(/cardinalityLimits of id 7 are not used.*made before with id 5/),
  ]);
});
