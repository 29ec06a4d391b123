import { KillSwitch, LifecycleManager } from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { answeredOutcome } from '../../src/instruments/kill-outcome.js';
import { shapeOf } from '../../src/instruments/classified.js';
import { callBench, type CallBench } from '../calls/support.js';

// A kill switch inside of kills.kill or obs.signal was two kills and two signals, and a kill whose answer said that nothing
// was stopped had stopped something.

const ATTEMPTS = 'agent_os_kill_attempts_total';
const SIGNALS = 'agent_os_signals_total';
const SIGKILLS = 'agent_os_sigkill_total';
const ONE_KILL = {
  [`${ATTEMPTS} agent_id=a,outcome=stopped`]: 1,
  [`${SIGNALS} reason=drift,signal=SIGKILL`]: 1,
  [`${SIGKILLS} agent_id=a,reason=drift`]: 1,
};
const order = { agentId: 'a', reason: 'drift' };

let bench: CallBench;
let killSwitch: KillSwitch;
let governance: GovernanceInstrumentation;
beforeEach(() => {
  bench = callBench();
  governance = new GovernanceInstrumentation(bench.obs);
  killSwitch = new KillSwitch();
  killSwitch.registerHandler('a', () => undefined);
  governance.instrumentKillSwitch(killSwitch);
});
afterEach(() => bench.obs.shutdown());
const kill = () => killSwitch.kill('a', { reason: 'drift' });
const counted = () => bench.counted(ATTEMPTS, SIGNALS, SIGKILLS, 'agent_os_kills_in_progress');

test.each<[what: string, send: () => unknown]>([
  ['kills.kill', () => bench.obs.kills.kill(order, kill)],
  ['kills.kill, later', () => bench.obs.kills.kill(order, async () => (await Promise.resolve(), kill()))],
  ['obs.signal', () => bench.verbs.signal({ ...order, signal: 'SIGKILL' }, kill)],
])('a kill switch inside of %s is one kill', async (_, send) => {
  await send();
  expect(await counted()).toEqual(ONE_KILL);
});

test('another agent that is killed inside is another kill', async () => {
  await bench.obs.kills.kill({ ...order, agentId: 'b' }, kill);
  expect(await bench.counted(ATTEMPTS)).toEqual({
    [`${ATTEMPTS} agent_id=a,outcome=stopped`]: 1,
    [`${ATTEMPTS} agent_id=b,outcome=stopped`]: 1,
  });
});

test('a lifecycle inside of obs.signal is one signal', async () => {
  const manager = new LifecycleManager('a');
  manager.activate();
  governance.instrumentLifecycle(manager);
  bench.verbs.signal({ ...order, signal: 'SIGSTOP' }, () => manager.suspend('drift'));
  bench.verbs.signal({ ...order, signal: 'SIGUSR1' }, () => manager.activate());
  expect(await bench.counted(SIGNALS)).toEqual({
    [`${SIGNALS} reason=drift,signal=SIGSTOP`]: 1,
    [`${SIGNALS} reason=drift,signal=SIGUSR1`]: 1,
    [`${SIGNALS} reason=agent_activated,signal=SIGCONT`]: 1,
  });
});

const rejected = { status: 'rejected', reason: new Error('x') };
const fulfilled = { status: 'fulfilled', value: undefined };
test.each(
  (
    [
      [{ callbacksExecuted: 0, compensationsExecuted: 0 }, 'nothing_stopped'],
      [{ callbacksExecuted: 1, compensationsExecuted: 0 }, 'stopped'],
      [{ stopped: false }, 'nothing_stopped'],
      [{ success: false, error: 'x' }, 'failed'],
      [{ ok: true }, 'stopped'],
      [{ outcome: 'refused' }, 'refused'],
      [new Error('x'), 'failed'],
      [[fulfilled, rejected], 'failed'],
      [[fulfilled, { status: 'fulfilled', value: false }], 'stopped'],
      [[false, false], 'nothing_stopped'],
      [[], 'nothing_stopped'],
    ] as const
  ).map(([answer, outcome]) => [shapeOf(answer), outcome, answer] as const),
)('a kill that gives %s is %s', (_, outcome, answer) => {
  expect(answeredOutcome(answer)).toBe(outcome);
});
