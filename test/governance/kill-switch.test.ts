import { AgentMeshClient, KillSwitch, LifecycleManager } from '@microsoft/agent-governance-sdk';
import { SpanStatusCode } from '@opentelemetry/api';
import { bench, only, withContextManager } from './support.js';

withContextManager();

/** A kill switch that stops agents of these names. */
function killSwitchOf(...agents: string[]): KillSwitch {
  const killSwitch = new KillSwitch();
  for (const agent of agents) killSwitch.registerHandler(agent, () => {});
  return killSwitch;
}

const DID = 'did:agentmesh:team:billing:0123456789abcdef';

test('a kill is one SIGKILL by agent id, its cause a slug, its text on the span', async () => {
  const b = bench();
  const killSwitch = killSwitchOf(DID);
  b.governance.instrumentKillSwitch(killSwitch);

  const result = await killSwitch.kill(DID, { reason: 'Exfiltration attempt!', action: 'export' });

  expect(killSwitch.getHistory()[0]).toBe(result);
  expect(await b.series('agent_os_signals_total')).toEqual([
    { labels: { signal: 'SIGKILL', reason: 'exfiltration_attempt' }, value: 1 },
  ]);
  expect(await b.series('agent_os_sigkill_total')).toEqual([
    { labels: { agent_id: 'team:billing', reason: 'exfiltration_attempt' }, value: 1 },
  ]);
  expect(only(b.spans(), 'kernel.signal').attributes).toEqual({
    'agent.id': 'team:billing',
    'agent_os.signal': 'SIGKILL',
    'agent_os.reason': 'Exfiltration attempt!',
    'agent_os.kill.outcome': 'stopped',
    'agent_os.containment_seconds': 0,
    'kernel.component': 'signal_dispatcher',
  });
  expect(await b.total('agent_os_recovery_total')).toBe(0);
});

test('a long free text as the reason of a kill never becomes a label', async () => {
  const b = bench();
  const killSwitch = killSwitchOf('a');
  b.governance.instrumentKillSwitch(killSwitch);
  await killSwitch.kill('a', {
    reason: 'the agent asked customer 4711 for her password and then tried again',
  });
  await killSwitch.kill('a', {} as never);
  expect((await b.series('agent_os_signals_total')).map(({ labels }) => labels.reason)).toEqual([
    'unknown',
    'other',
  ]);
});

test('the containment of a kill lasts until all its handlers have run, and they run under the signal’s span', async () => {
  const b = bench();
  const killSwitch = new KillSwitch();
  b.governance.instrumentKillSwitch(killSwitch);
  killSwitch.registerHandler('a', async () => {
    await Promise.resolve();
    b.clock.advance(1500);
    b.tracer.span('handler', {}, () => undefined);
  });
  killSwitch.registerCompensation('a', () => b.clock.advance(500));
  await killSwitch.kill('a', { reason: 'drift' });
  expect(only(b.spans(), 'kernel.signal').attributes['agent_os.containment_seconds']).toBe(2);
  expect(b.paths()).toEqual(['kernel.signal', 'kernel.signal/handler']);
  expect(await b.total('agent_os_containment_seconds')).toBe(1);
});

test('a substitute that takes over is the recovery, with the time since the kill', async () => {
  const b = bench();
  const killSwitch = new KillSwitch({ defaultSubstituteAgentId: 'standby' });
  const manager = new LifecycleManager('a');
  b.governance.instrumentKillSwitch(killSwitch);
  b.governance.instrumentLifecycle(manager);
  manager.activate();
  killSwitch.registerHandler('a', () => b.clock.advance(4000));

  await killSwitch.kill('a', { reason: 'drift' });
  expect(await b.series('agent_os_recovery_total')).toEqual([{ labels: { status: 'success' }, value: 1 }]);
  expect(await b.series('agent_os_mttr_seconds')).toEqual([{ labels: {}, value: 1, sum: 4 }]);

  manager.suspend('being looked at');
  manager.activate('back');
  expect(await b.total('agent_os_recovery_total')).toBe(1);
});

test('without a substitute the agent recovers when it is activated again', async () => {
  const b = bench();
  const killSwitch = killSwitchOf('a');
  const manager = new LifecycleManager('a');
  b.governance.instrumentKillSwitch(killSwitch);
  b.governance.instrumentLifecycle(manager);
  manager.activate();
  expect(await b.total('agent_os_active_agents')).toBe(1);

  await killSwitch.kill('a', { reason: 'drift' });
  expect(await b.total('agent_os_active_agents')).toBe(0);
  expect(await b.total('agent_os_recovery_total')).toBe(0);

  b.clock.advance(30_000);
  await killSwitch.kill('a', { reason: 'again' });
  b.clock.advance(30_000);
  manager.suspend('being looked at');
  manager.activate('fixed');

  expect(await b.series('agent_os_mttr_seconds')).toEqual([{ labels: {}, value: 1, sum: 60 }]);
  expect(await b.total('agent_os_recovery_total')).toBe(1);
  expect(await b.total('agent_os_active_agents')).toBe(1);
  expect(await b.series('agent_os_signals_total')).toEqual([
    { labels: { signal: 'SIGKILL', reason: 'drift' }, value: 1 },
    { labels: { signal: 'SIGKILL', reason: 'again' }, value: 1 },
    { labels: { signal: 'SIGSTOP', reason: 'being_looked_at' }, value: 1 },
    { labels: { signal: 'SIGCONT', reason: 'fixed' }, value: 1 },
  ]);
});

test('a new session of a killed agent is no recovery, and the killed one stays killed', async () => {
  const b = bench();
  const rules = [{ action: 'go', effect: 'allow' as const }];
  const first = AgentMeshClient.create('a', { policyRules: rules });
  b.governance.instrumentClient(first);
  await first.executeWithGovernance('go');
  first.killSwitch?.registerHandler(first.identity.did, () => {});
  await first.killSwitch?.kill(first.identity.did, { reason: 'drift' });
  b.clock.advance(5000);

  const second = AgentMeshClient.create('a', { policyRules: rules });
  b.governance.instrumentClient(second);
  await second.executeWithGovernance('go');

  expect(await b.total('agent_os_recovery_total')).toBe(0);
  expect(await b.total('agent_os_active_agents')).toBe(1);
  expect(await b.total('agent_os_allowed_after_stop_total')).toBe(0);
  await first.executeWithGovernance('go');
  expect(await b.total('agent_os_allowed_after_stop_total')).toBe(1);
});

test.each([
  ['a handler fails', new KillSwitch(), 'boom'],
  ['it is disabled', new KillSwitch({ enabled: false }), 'Kill switch is disabled'],
])('a kill that rejects because %s is no signal, and kills nobody', async (_why, killSwitch, message) => {
  const b = bench();
  const manager = new LifecycleManager('a');
  b.governance.instrumentLifecycle(manager);
  b.governance.instrumentKillSwitch(killSwitch);
  manager.activate();
  const boom = new Error('boom');
  killSwitch.registerHandler('a', () => {
    throw boom;
  });

  const caught: unknown = await killSwitch.kill('a', { reason: 'drift' }).catch((error: unknown) => error);

  expect((caught as Error).message).toBe(message);
  if (message === 'boom') expect(caught).toBe(boom);
  expect(await b.total('agent_os_signals_total')).toBe(0);
  expect(await b.total('agent_os_sigkill_total')).toBe(0);
  expect(await b.total('agent_os_recovery_total')).toBe(0);
  expect(await b.total('agent_os_active_agents')).toBe(1);
  const span = only(b.spans(), 'kernel.signal');
  expect(span.status.code).toBe(SpanStatusCode.ERROR);
  expect(span.attributes['error.type']).toBe('Error');
});

test('what a kill handler throws, even undefined, is rethrown and fails the signal’s span', async () => {
  const b = bench();
  const killSwitch = new KillSwitch();
  b.governance.instrumentKillSwitch(killSwitch);
  killSwitch.registerHandler('a', () => {
    throw undefined;
  });
  await expect(killSwitch.kill('a', { reason: 'drift' })).rejects.toBeUndefined();
  expect(only(b.spans(), 'kernel.signal').status.code).toBe(SpanStatusCode.ERROR);
});
