import {
  AgentMeshClient,
  GenericFrameworkAdapter,
  LifecycleManager,
  PolicyEngine,
} from '@microsoft/agent-governance-sdk';
import { bench, withContextManager, type Bench } from './support.js';

withContextManager();

const METRIC = 'agent_os_allowed_after_stop_total';
const ALLOW_ALL = [{ action: '*', effect: 'allow' as const }];

function clientOf(b: Bench): AgentMeshClient {
  const client = AgentMeshClient.create('a', { policyRules: ALLOW_ALL });
  b.governance.instrumentClient(client);
  return client;
}
const stop = {
  killed: async (client: AgentMeshClient) => {
    client.killSwitch?.registerHandler(client.identity.did, () => {});
    await client.killSwitch?.kill(client.identity.did, { reason: 'drift' });
  },
  suspended: async (client: AgentMeshClient) => void client.lifecycle.suspend('x'),
  quarantined: async (client: AgentMeshClient) => void client.lifecycle.quarantine('x'),
};

describe.each(['killed', 'suspended', 'quarantined'] as const)('an agent that is %s', (state) => {
  const one = (action: string) => [{ labels: { agent_id: 'a', action, state }, value: 1 }];

  test('counts once when it is allowed a request', async () => {
    const b = bench();
    const client = clientOf(b);
    await client.executeWithGovernance('read');
    expect(await b.total(METRIC)).toBe(0);
    await stop[state](client);
    await client.executeWithGovernance('read');
    expect(await b.series(METRIC)).toEqual(one('read'));
  });

  test('counts once when it is allowed to run through an adapter', async () => {
    const b = bench();
    const client = clientOf(b);
    const adapter = new GenericFrameworkAdapter(client);
    b.governance.instrumentAdapter(adapter);
    await client.executeWithGovernance('read');
    await stop[state](client);
    await adapter.run({ name: 'search', action: 'search' }, () => 1);
    expect(await b.series(METRIC)).toEqual(one('search'));
  });

  test('counts again for a check that a handler makes and that allows it', async () => {
    const b = bench();
    const client = clientOf(b);
    const adapter = new GenericFrameworkAdapter(client);
    b.governance.instrumentAdapter(adapter);
    await client.executeWithGovernance('read');
    await stop[state](client);
    await adapter.run({ name: 'search', action: 'search' }, () => client.policy.evaluate('peek'));
    expect(await b.series(METRIC)).toEqual([...one('search'), ...one('peek')]);
  });

  test('counts once for each check that allows it, by documents or by flat rules', async () => {
    const b = bench();
    const client = clientOf(b);
    client.policy.loadPolicy({ name: 'open', rules: [], default_action: 'allow' });
    await client.executeWithGovernance('read');
    await stop[state](client);
    client.policy.evaluatePolicy(client.identity.did, { action: 'write' });
    expect(await b.series(METRIC)).toEqual(one('write'));
    client.policy.evaluate('write');
    await client.policy.evaluateWithBackends('write');
    await client.policy.evaluatePolicyWithBackends(client.identity.did, { action: 'write' });
    expect(await b.total(METRIC)).toBe(4);
  });
});

test('a stopped agent that is denied is not counted as allowed after its stop', async () => {
  const b = bench();
  const client = AgentMeshClient.create('a', { policyRules: [{ action: 'ok', effect: 'allow' }] });
  b.governance.instrumentClient(client);
  await stop.killed(client);
  await client.executeWithGovernance('other');
  expect(await b.total(METRIC)).toBe(0);
});

test('a killed agent that another engine allows, by its DID, is counted as allowed after its stop', async () => {
  const b = bench();
  const engine = new PolicyEngine();
  engine.loadPolicy({ name: 'open', rules: [], default_action: 'allow' });
  b.governance.instrumentPolicyEngine(engine);
  const client = clientOf(b);
  await stop.killed(client);
  engine.evaluatePolicy(client.identity.did, { action: 'read' });
  engine.evaluatePolicy('did:agentmesh:a:ffffffffffffffff', { action: 'read' });
  engine.evaluatePolicy('b', { action: 'read' });
  engine.evaluate('read');
  expect(await b.series(METRIC)).toEqual([
    { labels: { agent_id: 'a', action: 'read', state: 'killed' }, value: 1 },
  ]);
});

test('an agent that is killed and suspended counts as killed', async () => {
  const b = bench();
  const client = clientOf(b);
  await client.executeWithGovernance('read');
  await stop.killed(client);
  await stop.suspended(client);
  await client.executeWithGovernance('read');
  expect((await b.series(METRIC))[0]?.labels.state).toBe('killed');
});

test('an agent killed before it ever acted stays killed, though its first request activates it', async () => {
  const b = bench();
  const client = clientOf(b);
  await stop.killed(client);
  await client.executeWithGovernance('read');
  expect(client.lifecycle.state).toBe('active');
  expect(await b.series(METRIC)).toEqual([
    { labels: { agent_id: 'a', action: 'read', state: 'killed' }, value: 1 },
  ]);
  expect(await b.total('agent_os_recovery_total')).toBe(0);
  expect(await b.total('agent_os_active_agents')).toBe(0);
});

test('an agent killed before it was instrumented as active stays killed', async () => {
  const b = bench();
  const client = AgentMeshClient.create('a', { policyRules: ALLOW_ALL });
  await client.executeWithGovernance('read');
  if (!client.killSwitch) throw new Error('no kill switch');
  b.governance.instrumentKillSwitch(client.killSwitch);
  await stop.killed(client);
  b.governance.instrumentClient(client);
  await client.executeWithGovernance('read');
  expect(await b.total(METRIC)).toBe(1);
});

test('an agent that was suspended before its manager was instrumented counts as suspended', async () => {
  const b = bench();
  const manager = new LifecycleManager('a');
  manager.activate();
  manager.suspend('x');
  b.governance.instrumentLifecycle(manager);
  await clientOf(b).executeWithGovernance('read'); // another session of the agent
  expect(await b.total(METRIC)).toBe(0);
  const engine = new PolicyEngine(ALLOW_ALL);
  b.governance.instrumentPolicyEngine(engine, { agentId: 'a' });
  engine.evaluate('read');
  expect((await b.series(METRIC))[0]?.labels.state).toBe('suspended');
});

test('an agent that is activated again is not counted as allowed after its stop', async () => {
  const b = bench();
  const client = clientOf(b);
  await client.executeWithGovernance('read');
  await stop.suspended(client);
  client.lifecycle.activate('back');
  await client.executeWithGovernance('read');
  expect(await b.total(METRIC)).toBe(0);
});

describe('the agents that are remembered', () => {
  test('are bounded: the least recently used is forgotten, counted and warned about', async () => {
    const b = bench({ maxTrackedAgents: 2, denialsAreViolations: false });
    const engine = new PolicyEngine();
    engine.loadPolicy({ name: 'open', rules: [], default_action: 'allow' });
    b.governance.instrumentPolicyEngine(engine);
    const managers = ['a', 'b', 'c'].map((id) => {
      const manager = new LifecycleManager(id);
      b.governance.instrumentLifecycle(manager);
      return manager;
    });
    for (const manager of managers) manager.activate();
    expect(await b.total('agent_os_active_agents')).toBe(2);
    expect(b.governance.evictedAgents).toBe(1);

    managers[0]?.suspend('x');
    managers[1]?.suspend('x');
    engine.evaluatePolicy('a', { action: 'read' }); // now b is the least recently used
    managers[2]?.suspend('x');
    for (const agent of ['a', 'b', 'c']) engine.evaluatePolicy(agent, { action: 'again' });

    expect((await b.series(METRIC)).map(({ labels }) => [labels.agent_id, labels.action])).toEqual([
      ['a', 'read'],
      ['a', 'again'],
      ['c', 'again'],
    ]);
    expect(await b.total('agent_os_active_agents')).toBe(0);
    expect(b.governance.evictedAgents).toBe(2);
  });

  test.each([0, -1, NaN])('maxTrackedAgents of %p is ignored', async (maxTrackedAgents) => {
    const b = bench({ maxTrackedAgents });
    const client = clientOf(b);
    await client.executeWithGovernance('read');
    expect(await b.total('agent_os_active_agents')).toBe(1);
    expect(b.governance.evictedAgents).toBe(0);
  });
});
