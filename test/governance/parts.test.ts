import {
  AgentMeshClient,
  AuditLogger,
  ExecutionRing,
  GenericFrameworkAdapter,
  KillSwitch,
  PolicyEngine,
  RingEnforcer,
} from '@microsoft/agent-governance-sdk';
import { bench, withContextManager } from './support.js';

withContextManager();

const RULES = [{ action: 'read', effect: 'allow' as const }];

test('parts that a host puts in the place of others are seen at the next request', async () => {
  const b = bench();
  const client = AgentMeshClient.create('a', { policyRules: RULES });
  const unwrap = b.governance.instrumentClient(client, { policySet: 'house' });
  const earlier = client.policy;
  const parts = {
    policy: new PolicyEngine(RULES),
    killSwitch: new KillSwitch(),
    audit: new AuditLogger(),
    ringEnforcer: new RingEnforcer({ actionRings: { root: ExecutionRing.Ring0 } }),
  };
  Object.assign(client, parts);

  await client.executeWithGovernance('read');

  expect((await b.series('agent_os_policy_decisions_total'))[0]?.labels.policy).toBe('house');
  await client.killSwitch?.kill('b', { reason: 'drift' });
  expect(b.spans().map(({ name }) => name)).toContain('kernel.signal');
  expect(() => client.ringEnforcer.enforce('root')).toThrow();
  expect((await b.series('agent_os_violations_total'))[0]?.labels.agent_id).toBe('a');
  earlier.evaluate('read');
  expect(await b.total('agent_os_policy_decisions_total')).toBe(1);

  unwrap();
  for (const part of Object.values(parts)) {
    expect(
      Object.getOwnPropertyNames(part).filter((name) => /evaluate|kill$|^log|enforce/.test(name)),
    ).toEqual([]);
  }
});

test('another identity of a client, and a part that is taken away, are seen too', async () => {
  const b = bench();
  const client = AgentMeshClient.create('a', { policyRules: RULES });
  b.governance.instrumentClient(client);
  const { identity } = AgentMeshClient.create('b');
  Object.assign(client, { identity, killSwitch: undefined });
  await client.executeWithGovernance('wipe');
  expect((await b.series('agent_os_violations_total'))[0]?.labels.agent_id).toBe('b');
});

test('another client of an adapter is seen at the next invocation', async () => {
  const b = bench();
  const adapter = new GenericFrameworkAdapter(AgentMeshClient.create('a', { policyRules: RULES }));
  b.governance.instrumentAdapter(adapter);
  Object.assign(adapter, { client: AgentMeshClient.create('b', { policyRules: RULES }) });
  await adapter.run({ name: 'wipe', action: 'wipe' }, () => 1);
  expect((await b.series('agent_os_violations_total'))[0]?.labels).toMatchObject({
    agent_id: 'b',
    policy: 'flat_rules',
  });
  expect(await b.total('agent_os_policy_decisions_total')).toBe(1);
  expect(await b.total('agent_os_requests_total')).toBe(1);
});
