import { AgentMeshClient } from '@microsoft/agent-governance-sdk';
import { initObservability } from 'agent-os-observability';
import { GovernanceInstrumentation } from 'agent-os-observability/agent-governance';

const obs = initObservability({ serviceName: 'agent-os-kernel', prometheus: { port: 0 }, otlp: false });
const governance = new GovernanceInstrumentation(obs);

const client = AgentMeshClient.create('support-1', {
  policyRules: [
    { action: 'read.*', effect: 'allow' },
    { action: '*', effect: 'deny' },
  ],
});
governance.instrumentClient(client); // its policy engine, lifecycle, kill switch and audit log as well

for (const action of ['read.file', 'read.mail', 'delete.file']) {
  const { decision } = await client.executeWithGovernance(action);
  console.log(`${action}: ${decision}`);
}
client.lifecycle.suspend('looked at by a person');
client.lifecycle.activate('cleared');

const page = await obs.export();
console.log(page.match(/^agent_os_(requests|policy_decisions|violations|signals)_total.*$/gm)?.join('\n'));

governance.unwrap();
await obs.shutdown();
