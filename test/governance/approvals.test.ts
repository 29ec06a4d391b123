import { PolicyEngine } from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { createTestObservability, expectMetric, type TestObservability } from '../../src/testing/index.js';

let obs: TestObservability;
beforeEach(() => (obs = createTestObservability()));
afterEach(() => obs.shutdown());

function engineOf(telemetry: ConstructorParameters<typeof GovernanceInstrumentation>[0]): PolicyEngine {
  const engine = new PolicyEngine();
  engine.loadPolicy({
    name: 'payments',
    rules: [
      {
        name: 'large',
        condition: "action == 'pay'",
        ruleAction: 'require_approval',
        approvers: ['treasury'],
      },
      { name: 'small', condition: "action == 'read'", ruleAction: 'allow' },
    ],
  });
  new GovernanceInstrumentation(telemetry).instrumentPolicyEngine(engine);
  return engine;
}

test('a verdict that asks for approval counts as asked, and asking for it by hand counts no second time', async () => {
  const engine = engineOf(obs);
  engine.evaluatePolicy('did:agentmesh:a', { action: 'read' });
  const verdict = engine.evaluatePolicy('did:agentmesh:a', { action: 'pay' });
  const asked = { agentId: 'a', action: 'pay', policy: 'payments', verdict };
  await expectMetric(obs, 'agent_os_approvals_requested_total', { policy: 'payments' }, 1);
  obs.approvals.ask(asked).answered({ outcome: 'approved', approver: 'human' });
  await expectMetric(obs, 'agent_os_approvals_requested_total', { policy: 'payments' }, 1);
  await expectMetric(obs, 'agent_os_approvals_total', { outcome: 'approved', approver: 'human' }, 1);
});

test('backends that want an approval count as asked too, for the policy that decided', async () => {
  const engine = engineOf(obs);
  await engine.evaluatePolicyWithBackends('did:agentmesh:a', { action: 'pay' });
  await expectMetric(obs, 'agent_os_approvals_requested_total', { policy: 'payments' }, 1);
});

test('without approvals the verdict is recorded all the same', async () => {
  const engine = engineOf({ kernel: obs.kernel });
  engine.evaluatePolicy('did:agentmesh:a', { action: 'pay' });
  const labels = { policy: 'payments', decision: 'require_approval', enforced: 'denied' } as const;
  await expectMetric(obs, 'agent_os_policy_decisions_total', labels, 1);
  await expectMetric(obs, 'agent_os_approvals_requested_total', { policy: 'payments' }, undefined);
});
