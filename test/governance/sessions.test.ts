import {
  AgentMeshClient,
  LifecycleManager,
  LifecycleState,
  PolicyEngine,
} from '@microsoft/agent-governance-sdk';
import type { LogRecord } from '../../src/common/host-types.js';
import { bench, withContextManager, type Bench } from './support.js';

withContextManager();

const METRIC = 'agent_os_allowed_after_stop_total';
const ALLOW_ALL = [{ action: '*', effect: 'allow' as const }];

/** A client of agent `a` that has served a request, and that a kill stops. */
async function session(b: Bench): Promise<AgentMeshClient> {
  const client = AgentMeshClient.create('a', { policyRules: ALLOW_ALL });
  for (const whom of ['a', client.identity.did]) client.killSwitch?.registerHandler(whom, () => {});
  b.governance.instrumentClient(client);
  await client.executeWithGovernance('hello');
  return client;
}
const kill = (client: AgentMeshClient, whom = client.identity.did) =>
  client.killSwitch?.kill(whom, { reason: 'drift' });

describe.each(['killed', 'quarantined', 'suspended', 'decommissioned', 'revoked'] as const)(
  'of two sessions of one agent, the first %s',
  (state) => {
    const stop = {
      killed: (client: AgentMeshClient) => kill(client),
      quarantined: (client: AgentMeshClient) => client.lifecycle.quarantine('odd'),
      suspended: (client: AgentMeshClient) => client.lifecycle.suspend('wait'),
      decommissioned: (client: AgentMeshClient) => client.lifecycle.decommission('old'),
      revoked: (client: AgentMeshClient) => client.identity.revoke('stolen'),
    };

    test('the second is allowed what it is allowed, and is the only one that is active', async () => {
      const b = bench();
      const [first, second] = [await session(b), await session(b)];
      expect(await b.total('agent_os_active_agents')).toBe(2);
      await stop[state](first);
      expect(await b.total('agent_os_active_agents')).toBe(1);
      await second.executeWithGovernance('read');
      expect(await b.total(METRIC)).toBe(0);
      await first.executeWithGovernance('read');
      expect(await b.series(METRIC)).toEqual([
        { labels: { agent_id: 'a', action: 'read', state }, value: 1 },
      ]);
    });

    test('a third is no recovery, and changes nothing for the first', async () => {
      const b = bench();
      const first = await session(b);
      await stop[state](first);
      await session(b);
      expect(await b.total('agent_os_recovery_total')).toBe(0);
      await first.executeWithGovernance('read');
      first.policy.evaluate('peek');
      expect(await b.total(METRIC)).toBe(2);
    });
  },
);

describe('a kill by the agent’s id, and not by a DID', () => {
  test('is one of all its sessions that are known, and of no other agent', async () => {
    const b = bench();
    const [first, second] = [await session(b), await session(b)];
    second.lifecycle.suspend('wait');
    const waiting = AgentMeshClient.create('a', { policyRules: ALLOW_ALL });
    b.governance.instrumentClient(waiting);
    const other = AgentMeshClient.create('b', { policyRules: ALLOW_ALL });
    b.governance.instrumentClient(other);
    await other.executeWithGovernance('hello');

    await kill(first, 'a');

    expect(await b.total('agent_os_active_agents')).toBe(1);
    for (const client of [first, second, waiting, other]) await client.executeWithGovernance('read');
    expect(await b.series(METRIC)).toEqual([
      { labels: { agent_id: 'a', action: 'read', state: 'killed' }, value: 3 },
    ]);
    await (await session(b)).executeWithGovernance('read');
    expect(await b.total(METRIC)).toBe(3);
  });

  test('stops an engine that is asked by that id', async () => {
    const b = bench();
    const engine = new PolicyEngine();
    engine.loadPolicy({ name: 'open', rules: [], default_action: 'allow' });
    b.governance.instrumentPolicyEngine(engine);
    engine.evaluatePolicy('a', { action: 'read' });
    await kill(await session(b), 'a');
    engine.evaluatePolicy('a', { action: 'read' });
    expect(await b.total(METRIC)).toBe(1);
  });
});

test('a recovery is that of the killed identity', async () => {
  const b = bench();
  const first = await session(b);
  await kill(first);
  first.lifecycle.suspend('wait');
  b.clock.advance(2000);
  first.lifecycle.activate('cleared');
  expect(await b.series('agent_os_mttr_seconds')).toEqual([{ labels: {}, value: 1, sum: 2 }]);
  await first.executeWithGovernance('read');
  expect(await b.total(METRIC)).toBe(0);
});

test('an identity that was revoked before it is instrumented is revoked, though its lifecycle begins', async () => {
  const b = bench();
  const client = AgentMeshClient.create('a', { policyRules: ALLOW_ALL });
  client.identity.revoke('stolen');
  b.governance.instrumentClient(client);
  await client.executeWithGovernance('read');
  expect((await b.series(METRIC))[0]?.labels.state).toBe('revoked');
  expect(await b.total('agent_os_active_agents')).toBe(0);
});

test('an identity that is good again is allowed what it is allowed, unless something else has stopped it', async () => {
  const b = bench();
  const client = await session(b);
  client.identity.suspend('wait');
  await client.executeWithGovernance('read');
  client.identity.reactivate();
  await client.executeWithGovernance('read');
  expect((await b.series(METRIC)).map(({ labels, value }) => [labels.state, value])).toEqual([
    ['suspended', 1],
  ]);
  client.lifecycle.quarantine('odd');
  client.identity.suspend('wait');
  client.identity.reactivate();
  await client.executeWithGovernance('read');
  expect((await b.series(METRIC)).map(({ labels, value }) => [labels.state, value])).toEqual([
    ['suspended', 1],
    ['quarantined', 1],
  ]);
});

test('a killed agent that is degraded afterwards stays killed', async () => {
  const b = bench();
  const client = await session(b);
  await kill(client);
  client.lifecycle.transition(LifecycleState.Degraded, 'slow', 'probe');
  expect(await b.total('agent_os_active_agents')).toBe(0);
  await client.executeWithGovernance('read');
  expect((await b.series(METRIC))[0]?.labels.state).toBe('killed');
});

test('a manager that is degraded when it is instrumented counts as active', async () => {
  const b = bench();
  const manager = new LifecycleManager('a');
  manager.activate();
  manager.transition(LifecycleState.Degraded, 'slow', 'probe');
  b.governance.instrumentLifecycle(manager);
  expect(await b.total('agent_os_active_agents')).toBe(1);
});

test('a change of state is an event, and so is its signal', async () => {
  const records: LogRecord[] = [];
  const b = bench({ events: { getLogger: () => ({ emit: (record) => void records.push(record) }) } });
  const manager = new LifecycleManager('a');
  b.governance.instrumentLifecycle(manager);
  manager.activate();
  manager.suspend('wait');
  expect(records.map(({ eventName, attributes }) => [eventName, attributes])).toEqual([
    [
      'agent_os.lifecycle',
      {
        'agent.id': 'a',
        'agent_os.state.from': 'provisioning',
        'agent_os.state': 'active',
        'agent_os.reason': 'Agent activated',
      },
    ],
    [
      'agent_os.lifecycle',
      {
        'agent.id': 'a',
        'agent_os.state.from': 'active',
        'agent_os.state': 'suspended',
        'agent_os.reason': 'wait',
      },
    ],
    ['agent_os.signal', { 'agent.id': 'a', 'agent_os.signal': 'SIGSTOP', 'agent_os.reason': 'wait' }],
  ]);
});
