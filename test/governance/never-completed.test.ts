import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AgentMeshClient, GenericFrameworkAdapter } from '@microsoft/agent-governance-sdk';
import { GovernanceState } from '../../src/governance/core/governance-state.js';
import { GovernedRequest } from '../../src/governance/core/governed-request.js';
import { recordNeverCompleted } from '../../src/governance/core/never-completed.js';
import { bench, only } from './support.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('an invocation of which the host lets go is an error of its agent, once, and not timed', async () => {
  const b = bench();
  const client = AgentMeshClient.create('a', { policyRules: [{ action: '*', effect: 'allow' }] });
  const adapter = new GenericFrameworkAdapter(client);
  b.governance.instrumentAdapter(adapter);
  for (let i = 0; i < 10; i++) await adapter.beginInvocation({ name: 'go', action: 'go' });
  const kept = await adapter.beginInvocation({ name: 'go', action: 'go' });
  const errors = () => b.total('agent_os_agent_errors_total');
  for (let turn = 0; turn < 100 && (await errors()) < 9; turn++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await errors()).toBeGreaterThanOrEqual(9); // the engine may keep the last one on its stack
  expect((await b.series('agent_os_agent_errors_total'))[0]?.labels).toEqual({
    agent_id: 'a',
    error_type: 'never_completed',
  });
  kept.complete();
  expect(await b.total('agent_os_execution_duration_seconds')).toBe(1);
});

test('its span ends, with what became of it; one that has ended is left alone', async () => {
  const b = bench();
  const state = new GovernanceState(b, {});
  const request = new GovernedRequest('a', 0, b.tracer.startExecute({ agentId: 'a', action: 'go' }));
  recordNeverCompleted(state, request);
  recordNeverCompleted(state, request);
  expect(only(b.spans(), 'kernel.execute').attributes['error.type']).toBe('never_completed');
  expect(await b.total('agent_os_agent_errors_total')).toBe(1);
});
