import { definitionOf, METRICS, type MetricName } from '../../src/semconv/index.js';
import { cases, rules } from '../prometheus/support.js';

// Quantiles were taken without their buckets, spikes counted agent by agent, a series' first event was not seen, and a
// kernel that was gone had no series to alert on.

const alerting = rules.flatMap(({ alert, expr }) => (alert === undefined ? [] : [{ alert, expr }]));
const counters = (Object.keys(METRICS) as MetricName[]).filter(
  (name) => definitionOf(name).kind === 'counter',
);

test.each(
  rules.filter(({ expr }) => expr.includes('histogram_quantile')).map((rule) => [rule.alert, rule.expr]),
)('the quantile of %s keeps le', (_, expr) =>
  expect(expr).toMatch(/histogram_quantile\([\d.]+, sum by \(le, /),
);

test('a spike of SIGKILLs is of all agents together', () => {
  const { expr } = alerting.find(({ alert }) => alert === 'AgentOSSIGKILLSpike')!;
  expect(expr).toMatch(/^sum by \(service_name, deployment_environment_name\) /);
});

test.each(rules.map(({ alert, record, expr }) => [(alert ?? record)!, expr]))(
  '%s counts events with what a series begins with',
  (_, expr) => {
    // Without the word, what a series begins with is no increase.
    expect(expr.replaceAll(/\bincrease\([^()]+ anchored\)/g, '')).not.toMatch(/\bincrease\(/);
    for (const name of counters) expect(expr).not.toMatch(new RegExp(`rate\\(${name}\\b`));
  },
);

test('a kernel that vanishes is missed, and one that never came where it is expected', () => {
  const { expr } = alerting.find(({ alert }) => alert === 'AgentOSKernelDown')!;
  expect(expr).toContain('agent_os:kernel_state{state="lost"}');
  const lost = rules.find(
    ({ record, labels }) => record === 'agent_os:kernel_state' && labels?.['state'] === 'lost',
  )!;
  expect(lost.expr).toContain('agent_os_process:lost:timestamp');
  expect(lost.expr).toContain('agent_os:kernels_missing:count');
  expect(cases.filter(({ alert }) => alert === 'AgentOSKernelDown').length).toBeGreaterThan(8);
});
