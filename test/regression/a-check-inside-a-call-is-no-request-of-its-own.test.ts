import { PolicyEngine } from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { createTestObservability } from '../../src/testing/index.js';

// An instrumented engine that was asked inside of obs.execute counted a request, and so did obs.execute.

test('an engine that is asked inside of obs.execute adds no request, and its denial is one violation', async () => {
  const obs = createTestObservability();
  const engine = new PolicyEngine([{ action: 'read', effect: 'allow' }]);
  new GovernanceInstrumentation(obs).instrumentPolicyEngine(engine);
  const ask = (action: string) => obs.execute({ agentId: 'a', action }, () => engine.evaluate(action));
  expect([ask('read'), ask('wipe')]).toEqual(['allow', 'deny']);
  const counted = async (name: string): Promise<number> =>
    (await obs.series())
      .filter((each) => each.name === name)
      .reduce((sum, { value }) => sum + Number(value), 0);
  expect(await counted('agent_os_requests_total')).toBe(2);
  expect(await counted('agent_os_violations_total')).toBe(1);
  engine.evaluate('read'); // alone it is a request
  expect(await counted('agent_os_requests_total')).toBe(3);
  await obs.shutdown();
});
