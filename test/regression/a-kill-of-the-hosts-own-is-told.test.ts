import { KillSwitch } from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { callBench, type CallBench } from '../calls/support.js';
import { fakeTimers } from '../support/clock.js';

// Of a kill that a host measures itself nothing was told: the event came from an instrumented kill switch alone.

const order = { agentId: 'support-1', reason: 'data_leak' };
const told = { 'agent.id': 'support-1', 'agent_os.reason': 'data_leak' };

let bench: CallBench;
let timers: ReturnType<typeof fakeTimers>;
beforeEach(() => {
  bench = callBench();
  timers = fakeTimers(bench.clock);
  bench.obs.kills.schedule = timers.after;
});
afterEach(() => bench.obs.shutdown());

const kills = (): object[] =>
  bench
    .events()
    .filter(({ name }) => name === 'agent_os.kill')
    .map(({ attributes }) => attributes);

test('one that stopped something, by each way to say so', () => {
  bench.obs.kills.kill(order, () => timers.advance(100));
  const running = bench.obs.kills.startKill(order);
  timers.advance(100);
  running.end({ outcome: 'stopped' });
  bench.obs.kills.recordKill({ ...order, outcome: 'stopped', durationSeconds: 0.1 });
  const stopped = { ...told, 'agent_os.kill.outcome': 'stopped', 'agent_os.containment_seconds': 0.1 };
  expect(kills()).toEqual([stopped, stopped, stopped]);
});

test('one that failed, by the type of what it threw and never its text', () => {
  const fails = (): never => {
    throw new RangeError('secret');
  };
  expect(() => bench.obs.kills.kill(order, fails)).toThrow(RangeError);
  expect(kills()).toEqual([{ ...told, 'agent_os.kill.outcome': 'failed', 'error.type': 'RangeError' }]);
});

test('one that hangs, once, when it has hung for five seconds', () => {
  const running = bench.obs.kills.startKill(order);
  timers.advance(5000);
  const hung = { ...told, 'agent_os.kill.outcome': 'timed_out', 'error.type': 'timeout' };
  expect(kills()).toEqual([hung]);
  running.end({ outcome: 'stopped' });
  expect(kills()).toEqual([hung]);
});

test('one that an instrumented kill switch runs, once', async () => {
  const killSwitch = new KillSwitch();
  new GovernanceInstrumentation(bench.obs, { clock: bench.clock.now }).instrumentKillSwitch(killSwitch);
  killSwitch.registerHandler('support-1', () => {});
  await bench.obs.kills.kill(order, () => killSwitch.kill('support-1', { reason: 'data_leak' }));
  expect(kills()).toMatchObject([{ ...told, 'agent_os.kill.outcome': 'stopped' }]);
});
