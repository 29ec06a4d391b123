import { sampleValue } from '../../src/testing/samples.js';
import { exposed, observed } from './support.js';

// The gauge counted per 1000 requests and the alert compared it with 0.01, as if it were a ratio: it fired at 0.001 %.

test('1 % of requests in violation is a rate of 10, under the name that rules compare', async () => {
  const obs = observed();
  for (let i = 0; i < 300; i++) obs.kernel.recordRequest({ action: 'read', status: 'success' });
  for (let i = 0; i < 3; i++) obs.kernel.recordViolation({ agentId: 'a', action: 'read', policy: 'p' });
  const families = await exposed(obs);
  expect(sampleValue(families, 'agent_os_violation_rate', { window: '5m' })).toBe(10);
  expect(families.map(({ name }) => name)).not.toContain('agent_os_violation_rate_ratio');
  // The ratio itself is of the counters, and theirs to alert on.
  expect(sampleValue(families, 'agent_os_requests_total', { action: 'read' })).toBe(300);
  expect(sampleValue(families, 'agent_os_violations_total', { policy: 'p' })).toBe(3);
});
