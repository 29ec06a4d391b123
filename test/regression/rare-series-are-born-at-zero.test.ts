import { METRICS, definitionOf, type MetricName } from '../../src/semconv/index.js';
import { sampleValue } from '../../src/testing/samples.js';
import { exposed, family, observed } from './support.js';

// `increase()` cannot see an event that its series is born with: the first SIGKILL, the first kernel crash alerted
// nobody. And quantiles need buckets, which no label may multiply without bound.

test('what must alert at its first event is there at 0 before it, and goes to 1 with it', async () => {
  const obs = observed();
  const value = async (name: MetricName) => sampleValue(await exposed(obs), name);
  for (const name of [
    'agent_os_kernel_crashes_total',
    'agent_os_sigkill_total',
    'agent_os_agent_crashes_total',
  ] as const) {
    expect([name, await value(name)]).toEqual([name, 0]);
  }
  obs.kernel.recordKernelCrash();
  expect(await value('agent_os_kernel_crashes_total')).toBe(1);
  expect(sampleValue(await exposed(obs), 'agent_os_signals_total', { signal: 'SIGKILL' })).toBe(0);
  expect(sampleValue(await exposed(obs), 'agent_os_recovery_total', { status: 'failed' })).toBe(0);
});

test('every histogram is exposed with its buckets, for quantiles over all agents', async () => {
  const obs = observed();
  obs.kernel.recordPolicyCheck({ policy: 'p', result: 'allowed', durationSeconds: 0.001 });
  const shown = family(await exposed(obs), 'agent_os_policy_check_duration_seconds')!;
  expect(shown.type).toBe('histogram');
  const bounds = shown.samples
    .filter(({ labels }) => 'le' in labels)
    .map(({ labels }) => Number(labels['le']!.replace('+Inf', 'Infinity')));
  expect(bounds).toEqual([...METRICS.agent_os_policy_check_duration_seconds.buckets, Infinity]);
});

test('no histogram has a series for each agent', () => {
  const multiplied = (Object.keys(METRICS) as MetricName[]).filter((name) => {
    const { kind, labels } = definitionOf(name);
    return kind === 'histogram' && Object.values(labels).some(({ bound }) => bound === 'id');
  });
  expect(multiplied).toEqual([]);
  expect(Object.keys(METRICS.agent_os_agent_execution_duration_seconds.labels)).toEqual(['status']);
});
