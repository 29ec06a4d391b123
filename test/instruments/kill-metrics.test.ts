import { KernelMetrics, KillMetrics, type RunningKill } from '../../src/instruments/index.js';
import { KILL_OUTCOMES, type KillOutcome } from '../../src/semconv/index.js';
import { fakeTimers } from '../support/clock.js';
import { deferred } from '../tracing/support.js';
import { recording, warnings, type Collected } from './support.js';

function killsOn() {
  const recorded = recording();
  const timers = fakeTimers(recorded.clock);
  const kills = new KillMetrics(recorded.instruments);
  kills.schedule = timers.after;
  return { ...recorded, timers, kills };
}
const order = { agentId: 'a', reason: 'drift' };
/** A method that was taken off its object. */
type Detached = (this: void, ...args: unknown[]) => unknown;
const ATTEMPTS = 'agent_os_kill_attempts_total';

/** Attempts of all agents, by outcome. */
function attempts(found: Collected): Partial<Record<string, number>> {
  const counted = found.points(ATTEMPTS).filter(({ value }) => value > 0);
  return Object.fromEntries(counted.map(({ labels, value }) => [labels['outcome'], value]));
}
const signals = (found: Collected) => [
  found.total('agent_os_signals_total'),
  found.total('agent_os_sigkill_total'),
];
const underWay = (found: Collected) => [
  found.find('agent_os_kills_in_progress'),
  found.find('agent_os_kill_oldest_age_seconds'),
];

test('before any kill every outcome is there at 0, and none is under way', async () => {
  const found = await killsOn().collect();
  expect(found.points(ATTEMPTS).map(({ labels, value }) => [labels['outcome'], value])).toEqual(
    KILL_OUTCOMES.map((outcome) => [outcome, 0]),
  );
  expect(underWay(found)).toEqual([0, 0]);
});

test.each(KILL_OUTCOMES)(
  'of a kill that ended as %s only what was stopped is a SIGKILL, and contained',
  async (outcome) => {
    const { kills, clock, collect } = killsOn();
    const running = kills.startKill(order);
    clock.advance(20);
    running.end({ outcome });
    running.end({ outcome: 'stopped' });
    kills.recordKill({ ...order, outcome, durationSeconds: 0.04 });
    const found = await collect();
    expect(found.find(ATTEMPTS, { outcome, agent_id: 'a' })).toBe(2);
    expect(attempts(found)).toEqual({ [outcome]: 2 });
    const stopped = outcome === 'stopped';
    expect(signals(found)).toEqual(stopped ? [2, 2] : [0, 0]);
    expect(found.timed('agent_os_containment_seconds')).toEqual(
      stopped ? { count: 2, sum: 0.06 } : undefined,
    );
  },
);

test('a kill that nobody timed is counted without its time', async () => {
  const { kills, collect } = killsOn();
  kills.recordKill({ ...order, outcome: 'stopped' });
  const found = await collect();
  expect(signals(found)).toEqual([1, 1]);
  expect(found.timed('agent_os_containment_seconds')).toBeUndefined();
});

describe('kill', () => {
  test.each<[what: string, run: () => unknown, outcome: KillOutcome]>([
    ['nothing', () => undefined, 'stopped'],
    ['true', () => true, 'stopped'],
    ['an exit code', async () => 0, 'stopped'],
    ['false, as a process that cannot be signalled', () => false, 'nothing_stopped'],
    ['the name of an outcome', async () => 'refused', 'refused'],
  ])('of what gives %s gives it back, and has its outcome', async (_, run, outcome) => {
    const { kills, collect, timers } = killsOn();
    expect(await kills.kill(order, run)).toBe(await run());
    expect(attempts(await collect())).toEqual({ [outcome]: 1 });
    expect(timers.waiting()).toBe(0);
  });

  test('that throws or rejects has failed, and the host gets its error', async () => {
    const { kills, collect } = killsOn();
    const error = new Error('no such process');
    const fails = () => {
      throw error;
    };
    expect(() => kills.kill(order, fails)).toThrow(error);
    await expect(kills.kill(order, () => Promise.reject(error))).rejects.toBe(error);
    expect(attempts(await collect())).toEqual({ failed: 2 });
  });

  test('is read by classify; where that throws, it has failed', async () => {
    const lines = warnings();
    const { kills, collect } = killsOn();
    const killed = await kills.kill(order, async () => ({ stopped: 0 }), {
      classify: ({ stopped }) => (stopped > 0 ? 'stopped' : 'nothing_stopped'),
    });
    expect(killed).toEqual({ stopped: 0 });
    kills.kill(order, () => 1, {
      classify: () => {
        throw new Error('x');
      },
    });
    expect(attempts(await collect())).toEqual({ nothing_stopped: 1, failed: 1 });
    expect(lines).toEqual([expect.stringContaining('KillMetrics.kill')]);
  });

  test('of no function is dropped, and said', async () => {
    const lines = warnings();
    const { kills, collect } = killsOn();
    expect(kills.kill(order, undefined as never)).toBeUndefined();
    expect(attempts(await collect())).toEqual({});
    expect(lines).toEqual([expect.stringContaining('KillMetrics.kill')]);
  });
});

describe('kills under way', () => {
  test('are as many as have begun and not ended, whichever KillMetrics began them; the oldest has their age', async () => {
    const { kills, instruments, clock, collect } = killsOn();
    const first = kills.startKill(order);
    clock.advance(1500);
    const second = new KillMetrics(instruments).startKill({ agentId: 'b', reason: 'drift' });
    clock.advance(500);
    expect(underWay(await collect())).toEqual([2, 2]);
    first.end({ outcome: 'stopped' });
    expect(underWay(await collect())).toEqual([1, 0.5]);
    second.end({ outcome: 'failed' });
    expect(underWay(await collect())).toEqual([0, 0]);
  });

  test('are bounded where a host never ends them, and counted all the same', async () => {
    const { kills, timers, collect } = killsOn();
    for (let n = 0; n < 10_001; n++) kills.startKill(order);
    timers.advance(5000);
    const found = await collect();
    expect(underWay(found)).toEqual([10_000, 5]);
    expect(attempts(found)).toEqual({ timed_out: 10_001 });
  });
});

describe('a kill that is under way for 5 s', () => {
  test('has timed out then, and is under way until it ends', async () => {
    const { kills, timers, collect } = killsOn();
    const { promise, resolve } = deferred<void>();
    const killing = kills.kill(order, () => promise);
    timers.advance(4999);
    expect(attempts(await collect())).toEqual({});
    timers.advance(1);
    expect(attempts(await collect())).toEqual({ timed_out: 1 });
    timers.advance(55_000);
    const hung = await collect();
    expect(underWay(hung)).toEqual([1, 60]);
    expect(signals(hung)).toEqual([0, 0]);
    resolve();
    await killing;
    const ended = await collect();
    expect(attempts(ended)).toEqual({ timed_out: 1 });
    expect(underWay(ended)).toEqual([0, 0]);
    expect(signals(ended)).toEqual([1, 1]);
    expect(ended.timed('agent_os_containment_seconds')).toEqual({ count: 1, sum: 60 });
  });

  test('has timed out too where it kept every timer from being called', async () => {
    const { kills, clock, collect } = killsOn();
    kills.kill(order, () => clock.advance(7000));
    const found = await collect();
    expect(attempts(found)).toEqual({ timed_out: 1 });
    expect(found.timed('agent_os_containment_seconds')).toEqual({ count: 1, sum: 7 });
  });

  test('costs the host nothing where whoever is told of it throws', async () => {
    const lines = warnings();
    const { kills, timers, collect } = killsOn();
    kills.track(order, () => {
      throw new Error('x');
    });
    expect(() => timers.advance(5000)).not.toThrow();
    expect(attempts(await collect())).toEqual({ timed_out: 1 });
    expect(lines).toHaveLength(1);
  });
});

test('an outcome that is none is never a kill: it counts as unknown', async () => {
  warnings();
  const { kills, collect } = killsOn();
  kills.startKill(order).end({ outcome: 'killed' as never });
  kills.startKill(order).end({} as never);
  kills.recordKill({ ...order, outcome: true as never });
  const found = await collect();
  expect(found.find(ATTEMPTS, { outcome: 'unknown', agent_id: 'a' })).toBe(3);
  expect(signals(found)).toEqual([0, 0]);
});

test('what cannot be read is dropped and said, and the host goes on', async () => {
  const lines = warnings();
  const { kills, collect, timers } = killsOn();
  kills.startKill(undefined as never).end({ outcome: 'stopped' });
  expect(kills.kill(null as never, () => 7)).toBe(7);
  kills.startKill(order).end(undefined as never);
  const { kill, startKill, recordKill } = kills as unknown as Record<keyof KillMetrics, Detached>;
  const { end } = kills.startKill(order) as unknown as { end: Detached };
  expect(() => end(undefined as never)).not.toThrow();
  expect(kill(order, () => 8)).toBe(8);
  (startKill(order) as RunningKill).end({ outcome: 'stopped' });
  recordKill({ ...order, outcome: 'stopped' });
  expect(attempts(await collect())).toEqual({});
  expect(underWay(await collect())).toEqual([0, 0]);
  expect(timers.waiting()).toBe(0);
  expect(lines.length).toBeGreaterThan(0);
});

test('a key that nobody reads is said', () => {
  const lines = warnings();
  const { kills } = killsOn();
  kills.startKill({ agent: 'a', reason: 'drift' } as never);
  kills.recordKill({ agent: 'a', reason: 'drift', outcome: 'stopped' } as never);
  kills.recordKill({ ...order, outcome: 'stopped', duration: 3 } as never);
  expect(lines).toEqual([
    expect.stringContaining('KillMetrics.startKill: unknown key agent'),
    expect.stringContaining('KillMetrics.recordKill: unknown key agent'),
    expect.stringContaining('did you mean durationSeconds?'),
  ]);
});

test('a SIGKILL is in the same series whether the kernel or a kill counts it', async () => {
  const { kills, instruments, collect } = killsOn();
  new KernelMetrics(instruments).recordSignal({ signal: 'SIGKILL', reason: 'drift', agentId: 'a' });
  kills.recordKill({ ...order, outcome: 'stopped' });
  const found = await collect();
  expect(found.find('agent_os_sigkill_total', { reason: 'drift', agent_id: 'a' })).toBe(2);
});
