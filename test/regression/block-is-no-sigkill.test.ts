import { sampleValue } from '../../src/testing/samples.js';
import { exposed, observed } from './support.js';

// Recording a block also counted a SIGKILL, whether one was sent or not.

test('a blocked violation counts no signal', async () => {
  const obs = observed();
  obs.kernel.recordBlocked({ agentId: 'a', action: 'read' });
  obs.kernel.recordBlocked({ agentId: 'a', action: 'read' });
  const families = await exposed(obs);
  expect(sampleValue(families, 'agent_os_violations_blocked_total')).toBe(2);
  expect(sampleValue(families, 'agent_os_sigkill_total')).toBe(0);
  expect(sampleValue(families, 'agent_os_signals_total')).toBe(0);
});

test('a SIGKILL that was sent counts one, and no block', async () => {
  const obs = observed();
  obs.kernel.recordSignal({ signal: 'SIGKILL', reason: 'policy', agentId: 'a' });
  const families = await exposed(obs);
  expect(sampleValue(families, 'agent_os_sigkill_total', { agent_id: 'a', reason: 'policy' })).toBe(1);
  expect(sampleValue(families, 'agent_os_violations_blocked_total')).toBeUndefined();
});
