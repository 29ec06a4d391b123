import { AgentMeshClient, LifecycleManager, LifecycleState } from '@microsoft/agent-governance-sdk';
import { bench, withContextManager, type Bench } from './support.js';

withContextManager();

const DID = 'did:agentmesh:a:0123456789abcdef';

function managed(b: Bench): LifecycleManager {
  const manager = new LifecycleManager(DID);
  b.governance.instrumentLifecycle(manager);
  return manager;
}
const signals = async (b: Bench) =>
  (await b.series('agent_os_signals_total')).map(({ labels, value }) => [
    labels.signal,
    labels.reason,
    value,
  ]);

test('suspending and quarantining is a SIGSTOP, activating again a SIGCONT', async () => {
  const b = bench();
  const manager = managed(b);
  manager.activate();
  const event = manager.suspend('maintenance');
  manager.activate('done');
  manager.quarantine('trust_low');
  manager.activate('cleared');

  expect(manager.events[1]).toBe(event);
  expect(await signals(b)).toEqual([
    ['SIGSTOP', 'maintenance', 1],
    ['SIGCONT', 'done', 1],
    ['SIGSTOP', 'trust_low', 1],
    ['SIGCONT', 'cleared', 1],
  ]);
  expect(b.spans().map(({ attributes }) => [attributes['agent.id'], attributes['agent_os.signal']])).toEqual([
    ['a', 'SIGSTOP'],
    ['a', 'SIGCONT'],
    ['a', 'SIGSTOP'],
    ['a', 'SIGCONT'],
  ]);
});

test('the end of a quarantine is a recovery, the end of a suspension is not, and neither is in the MTTR', async () => {
  const b = bench();
  const manager = managed(b);
  manager.activate();
  manager.suspend('maintenance');
  manager.activate();
  expect(await b.total('agent_os_recovery_total')).toBe(0);
  manager.quarantine('trust');
  b.clock.advance(5000);
  manager.activate();
  expect(await b.series('agent_os_recovery_total')).toEqual([{ labels: { status: 'success' }, value: 1 }]);
  expect(await b.total('agent_os_mttr_seconds')).toBe(0);
});

test('an agent counts as active while it serves, degraded and rotating too', async () => {
  const b = bench();
  const manager = managed(b);
  const active = () => b.total('agent_os_active_agents');
  expect(await active()).toBe(0);
  manager.activate();
  expect(await active()).toBe(1);
  manager.transition(LifecycleState.Rotating, 'new keys', 'vault');
  expect(await active()).toBe(1);
  manager.transition(LifecycleState.Degraded, 'slow', 'probe');
  expect(await active()).toBe(1);
  manager.activate();
  expect(await active()).toBe(1);
  manager.decommission('retired');
  expect(await active()).toBe(0);
  manager.transition(LifecycleState.Decommissioned, 'gone', 'system');
  expect(await active()).toBe(0);
  expect(await signals(b)).toEqual([]);
});

test('transition() counts the same signals as suspend() and activate()', async () => {
  const b = bench();
  const manager = managed(b);
  manager.transition(LifecycleState.Active, 'go', 'me');
  manager.transition(LifecycleState.Suspended, 'halt', 'me');
  expect(await signals(b)).toEqual([['SIGSTOP', 'halt', 1]]);
});

test('a transition that is refused throws, and counts nowhere', async () => {
  const b = bench();
  const manager = managed(b);
  expect(() => manager.suspend('too early')).toThrow('Invalid lifecycle transition');
  manager.activate();
  expect(() => manager.activate()).toThrow('Invalid lifecycle transition');
  expect(await signals(b)).toEqual([]);
  expect(await b.total('agent_os_active_agents')).toBe(1);
  expect(b.spans()).toEqual([]);
});

test('methods of a subclass that change the state twice, or throw after it, count what changed', async () => {
  const b = bench();
  class Jumpy extends LifecycleManager {
    override suspend(reason: string) {
      this.activate();
      return super.suspend(reason);
    }
    override quarantine(reason: string): never {
      super.quarantine(reason);
      throw new Error('after the fact');
    }
  }
  const manager = new Jumpy('a');
  b.governance.instrumentLifecycle(manager);
  manager.suspend('x');
  manager.activate('y');
  expect(() => manager.quarantine('z')).toThrow('after the fact');
  expect(await signals(b)).toEqual([
    ['SIGSTOP', 'x', 1],
    ['SIGCONT', 'y', 1],
    ['SIGSTOP', 'unknown', 1],
  ]);
  expect(await b.total('agent_os_active_agents')).toBe(0);
});

test('a manager that is active when instrumented counts as active until it is unwrapped', async () => {
  const b = bench();
  const manager = new LifecycleManager(DID);
  manager.activate();
  const unwrap = b.governance.instrumentLifecycle(manager);
  expect(await b.total('agent_os_active_agents')).toBe(1);
  unwrap();
  expect(await b.total('agent_os_active_agents')).toBe(0);
  b.governance.instrumentLifecycle(manager);
  expect(await b.total('agent_os_active_agents')).toBe(1);
  manager.suspend('x');
  expect(await b.total('agent_os_active_agents')).toBe(0);
});

test('an identity that several managers report as active counts once', async () => {
  const b = bench();
  const client = AgentMeshClient.create('a', { policyRules: [{ action: '*', effect: 'allow' }] });
  const second = new LifecycleManager(client.identity.did);
  b.governance.instrumentClient(client);
  b.governance.instrumentLifecycle(client.lifecycle);
  b.governance.instrumentLifecycle(second);
  await client.executeWithGovernance('x');
  second.activate();
  expect(await b.total('agent_os_active_agents')).toBe(1);
  second.suspend('x');
  expect(await b.total('agent_os_active_agents')).toBe(1);
  client.killSwitch?.registerHandler('a', () => {});
  await client.killSwitch?.kill('a', { reason: 'drift' });
  expect(await b.total('agent_os_active_agents')).toBe(0);
  client.lifecycle.decommission('gone');
  expect(await b.total('agent_os_active_agents')).toBe(0);
});
