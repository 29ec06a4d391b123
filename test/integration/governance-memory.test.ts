import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AgentMeshClient, GenericFrameworkAdapter } from '@microsoft/agent-governance-sdk';
import { bench } from '../governance/support.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('clients that a host forgets are collected, and no longer count as active', async () => {
  const b = bench({ spans: false });
  const forgotten: WeakRef<object>[] = [];
  for (let i = 0; i < 50; i++) {
    const client = AgentMeshClient.create(`session-${i}`, {
      policyRules: [{ action: '*', effect: 'allow' }],
    });
    const adapter = new GenericFrameworkAdapter(client);
    b.governance.instrumentAdapter(adapter);
    await adapter.run({ name: 'go' }, () => 1);
    forgotten.push(new WeakRef(client), new WeakRef(adapter));
  }
  const kept = AgentMeshClient.create('kept', { policyRules: [{ action: '*', effect: 'allow' }] });
  b.governance.instrumentClient(kept);
  await kept.executeWithGovernance('go');
  expect(await b.total('agent_os_active_agents')).toBe(51);

  for (let turn = 0; turn < 20 && (await b.total('agent_os_active_agents')) > 3; turn++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }

  // The engine may keep the last one or two on its stack.
  expect(forgotten.filter((ref) => ref.deref() !== undefined).length).toBeLessThanOrEqual(4);
  expect(await b.total('agent_os_active_agents')).toBeLessThanOrEqual(3);
  expect(kept.lifecycle.state).toBe('active');
  b.governance.unwrap();
  expect(await b.total('agent_os_requests_total')).toBe(51);
});
