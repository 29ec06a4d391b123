import { AgentMeshClient, ExecutionRing, KillSwitch } from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { sampleValue } from '../../src/testing/samples.js';
import { fakeClock } from '../support/clock.js';
import { exposed, observed } from './support.js';

// A kill without a handler counted as a SIGKILL that had contained its agent within 0.2 ms; one that failed, was refused or
// hung left nothing at all. What a handler took was latency of the kernel.

const ATTEMPTS = 'agent_os_kill_attempts_total';
const agent_id = 'a';

test('a kill without a handler, one that fails and one that is refused are attempts, and no SIGKILL', async () => {
  const obs = observed();
  const governance = new GovernanceInstrumentation(obs);
  const [without, failing, off] = [new KillSwitch(), new KillSwitch(), new KillSwitch({ enabled: false })];
  failing.registerHandler('a', () => Promise.reject(new Error('x')));
  for (const killSwitch of [without, failing, off]) {
    governance.instrumentKillSwitch(killSwitch);
    await killSwitch.kill('a', { reason: 'drift' }).catch(() => undefined);
  }
  const page = await exposed(obs);
  for (const outcome of ['nothing_stopped', 'failed', 'refused'])
    expect(sampleValue(page, ATTEMPTS, { outcome, agent_id })).toBe(1);
  expect(sampleValue(page, 'agent_os_sigkill_total', { reason: 'drift', agent_id })).toBeUndefined();
  expect(page.find(({ name }) => name === 'agent_os_containment_seconds')?.samples ?? []).toEqual([]);
});

test('a kill that hangs is under way', async () => {
  const clock = fakeClock();
  const obs = observed({ clock: clock.now });
  const killSwitch = new KillSwitch();
  new GovernanceInstrumentation(obs, { clock: clock.now }).instrumentKillSwitch(killSwitch);
  killSwitch.registerHandler('a', () => new Promise(() => {}));
  void killSwitch.kill('a', { reason: 'drift' });
  clock.advance(7000);
  const page = await exposed(obs);
  expect(sampleValue(page, 'agent_os_kills_in_progress')).toBe(1);
  expect(sampleValue(page, 'agent_os_kill_oldest_age_seconds')).toBe(7);
});

test('what the handler of a kill takes is no latency of the kernel', async () => {
  const clock = fakeClock();
  const obs = observed({ clock: clock.now });
  const client = AgentMeshClient.create('a', {
    execution: { actionRings: { breach: ExecutionRing.Ring0 }, killOnBreach: true },
  });
  new GovernanceInstrumentation(obs, { clock: clock.now }).instrumentClient(client);
  client.killSwitch?.registerHandler(client.identity.did, () => clock.advance(300));
  await client.executeWithGovernance('breach');
  const page = await exposed(obs);
  const latency = page.find(({ name }) => name === 'agent_os_kernel_latency_seconds')!.samples;
  expect(latency.find(({ name }) => name.endsWith('_sum'))?.value).toBe(0);
});
