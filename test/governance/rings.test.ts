import { AgentMeshClient, ExecutionRing, RingEnforcer } from '@microsoft/agent-governance-sdk';
import { bench, deferred, withContextManager, type Bench } from './support.js';

withContextManager();

const RINGS = { actionRings: { 'deploy.*': ExecutionRing.Ring1 } };
const ONE = [
  { labels: { agent_id: 'a', action: 'deploy.prod', policy: 'execution_ring', severity: 'high' }, value: 1 },
];

function clientOf(b: Bench, killOnBreach = false): AgentMeshClient {
  const client = AgentMeshClient.create('a', { execution: { ...RINGS, killOnBreach } });
  b.governance.instrumentClient(client);
  return client;
}
const counted = async (b: Bench) => [
  await b.series('agent_os_violations_total'),
  await b.total('agent_os_violations_blocked_total'),
];

test('a breach is counted once, when it is decided and not again with the answer', async () => {
  const b = bench();
  await clientOf(b).executeWithGovernance('deploy.prod');
  expect(await counted(b)).toEqual([ONE, 1]);
  expect(b.paths().filter((path) => path.endsWith('violation'))).toEqual(['kernel.execute/kernel.violation']);
});

test('a breach counts where its kill fails', async () => {
  const b = bench();
  const client = clientOf(b, true);
  const boom = new Error('boom');
  client.killSwitch?.registerHandler(client.identity.did, () => {
    throw boom;
  });
  await expect(client.executeWithGovernance('deploy.prod')).rejects.toBe(boom);
  expect(await counted(b)).toEqual([ONE, 1]);
});

test('a breach counts while its kill hangs', async () => {
  const b = bench();
  const client = clientOf(b, true);
  const gate = deferred();
  client.killSwitch?.registerHandler(client.identity.did, () => gate.promise);
  const request = client.executeWithGovernance('deploy.prod');
  expect(await counted(b)).toEqual([ONE, 1]);
  gate.resolve();
  await request;
  expect(await counted(b)).toEqual([ONE, 1]);
});

test('a breach counts where the client’s enforcer is called directly, and what it allows does not', async () => {
  const b = bench();
  const { ringEnforcer } = clientOf(b);
  ringEnforcer.enforce('read');
  expect(() => ringEnforcer.enforce('deploy.prod')).toThrow('Execution ring breach');
  expect(await counted(b)).toEqual([ONE, 1]);
});

test('an enforcer of no client is instrumented with the agent that it judges', async () => {
  const b = bench();
  const enforcer = new RingEnforcer(RINGS);
  b.governance.instrumentRingEnforcer(enforcer, { agentId: 'did:agentmesh:a:0123456789abcdef' });
  expect(() => enforcer.enforce('deploy.prod')).toThrow();
  expect(await counted(b)).toEqual([ONE, 1]);
  const unnamed = new RingEnforcer(RINGS);
  b.governance.instrumentRingEnforcer(unnamed);
  expect(() => unnamed.enforce('deploy.prod')).toThrow();
  expect(await b.total('agent_os_violations_total')).toBe(2);
});

test('what else an enforcer throws is no breach', async () => {
  const b = bench();
  class Broken extends RingEnforcer {
    override enforce(): never {
      throw undefined;
    }
  }
  const enforcer = new Broken();
  b.governance.instrumentRingEnforcer(enforcer);
  expect(() => enforcer.enforce()).toThrow();
  expect(await b.total('agent_os_violations_total')).toBe(0);
});

test('a breach that no enforcer of ours saw counts with the answer', async () => {
  const b = bench();
  const client = clientOf(b);
  delete (client.ringEnforcer as { enforce?: unknown }).enforce;
  await client.executeWithGovernance('deploy.prod');
  expect(await counted(b)).toEqual([ONE, 1]);
});
