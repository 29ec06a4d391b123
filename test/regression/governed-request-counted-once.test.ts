import { AgentMeshClient, GenericFrameworkAdapter, GovernanceMetrics } from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { seriesOf } from '../../src/testing/samples.js';
import { exposed, observed } from './support.js';

// A wrapper that waits, where the host has no context manager, makes the adapter lose sight of its request. The client
// then counts it as its own. Where the completion failed afterwards, the adapter counted it again, as an error.

test('a request that the adapter lost sight of is counted once, also when its completion fails', async () => {
  const obs = observed();
  const governance = new GovernanceInstrumentation({ kernel: obs.kernel });
  const client = AgentMeshClient.create('a', { policyRules: [{ action: 'go', effect: 'allow' }] });
  const metrics = new GovernanceMetrics({ enabled: true });
  const adapter = new GenericFrameworkAdapter(client, { metrics });
  governance.instrumentAdapter(adapter);
  const ours = client.executeWithGovernance.bind(client);
  client.executeWithGovernance = async (...args) => {
    await Promise.resolve();
    return ours(...args);
  };

  const run = adapter.run({ name: 'go', action: 'go' }, () => {
    metrics.registerSink({
      record() {
        throw new Error('boom');
      },
    });
  });

  await expect(run).rejects.toThrow();
  expect(
    seriesOf(await exposed(obs), 'agent_os_requests_total').map(({ labels, value }) => [
      labels.status,
      value,
    ]),
  ).toEqual([['success', 1]]);
});
