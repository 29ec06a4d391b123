import { KernelMetrics } from '../../src/instruments/index.js';
import { UNDECIDED_MILLIS, ViolationStops } from '../../src/instruments/violation-stops.js';
import { fakeTimers } from '../support/clock.js';
import { recording } from './support.js';

const UNBLOCKED = 'agent_os_violations_unblocked_total';
const agentId = 'support-1';
const action = 'read_file';
const policy = 'files';

function stopsOn() {
  const recorded = recording();
  const timers = fakeTimers(recorded.clock);
  const stops = new ViolationStops(recorded.instruments, timers.after);
  const unblocked = async (): Promise<number> => (await recorded.collect()).total(UNBLOCKED);
  /** Of which nobody says whether it was blocked. */
  const undecided = (by = agentId): void => stops.violated(undefined, 'high', policy, action, by);
  return { ...recorded, timers, stops, unblocked, undecided };
}

test('a violation that was not blocked is counted at once, by agent, action, policy and severity', async () => {
  const { stops, timers, collect } = stopsOn();
  stops.violated(false, 'critical', policy, action, agentId);
  const labels = { agent_id: agentId, action, policy, severity: 'critical' };
  expect((await collect()).find(UNBLOCKED, labels)).toBe(1);
  expect(timers.waiting()).toBe(0);
});

test('one that was blocked is none', async () => {
  const { stops, timers, unblocked } = stopsOn();
  stops.violated(true, 'critical', policy, action, agentId);
  timers.advance(UNDECIDED_MILLIS);
  expect(await unblocked()).toBe(0);
});

test('where nobody says, recordBlocked of the same agent and action within five seconds does', async () => {
  const { stops, timers, unblocked, undecided } = stopsOn();
  undecided();
  timers.advance(UNDECIDED_MILLIS - 1);
  stops.blocked(agentId, action);
  timers.advance(UNDECIDED_MILLIS);
  expect(await unblocked()).toBe(0);
});

test('one recordBlocked stops one violation, the oldest, and no other agent', async () => {
  const { stops, timers, unblocked, undecided } = stopsOn();
  undecided();
  timers.advance(1000);
  undecided();
  undecided('support-2');
  stops.blocked(agentId, action);
  stops.blocked(agentId, 'another');
  timers.advance(UNDECIDED_MILLIS - 1000);
  expect(await unblocked()).toBe(0);
  timers.advance(UNDECIDED_MILLIS);
  expect(await unblocked()).toBe(2);
});

test('what is blocked too late has happened, and costs no other violation its count', async () => {
  const { stops, timers, unblocked, undecided } = stopsOn();
  undecided();
  timers.advance(UNDECIDED_MILLIS);
  stops.blocked(agentId, action);
  undecided();
  timers.advance(UNDECIDED_MILLIS);
  expect(await unblocked()).toBe(2);
});

test('any number of violations that wait have one timer, which ends with them', () => {
  const { stops, timers, undecided } = stopsOn();
  for (let count = 0; count < 1000; count++) undecided();
  expect(timers.waiting()).toBe(1);
  for (let count = 0; count < 1000; count++) stops.blocked(agentId, action);
  timers.advance(UNDECIDED_MILLIS);
  expect(timers.waiting()).toBe(0);
});

test('more than ten thousand do not wait', async () => {
  const { timers, unblocked, undecided } = stopsOn();
  for (let count = 0; count < 10_003; count++) undecided();
  expect(await unblocked()).toBe(3);
  timers.advance(UNDECIDED_MILLIS);
  expect(await unblocked()).toBe(10_003);
});

test('what is no text is counted all the same', async () => {
  const { stops, timers, unblocked } = stopsOn();
  stops.violated(undefined, 'high', policy, Symbol('a') as never, undefined as never);
  timers.advance(UNDECIDED_MILLIS);
  expect(await unblocked()).toBe(1);
});

test('recordViolation and recordBlocked of any KernelMetrics of a provider belong together', async () => {
  const { instruments, collect } = recording();
  const [one, another] = [new KernelMetrics(instruments), new KernelMetrics(instruments)];
  one.recordViolation({ agentId, action, policy });
  another.recordBlocked({ agentId, action });
  one.recordViolation({ agentId, action, policy, blocked: false });
  const found = await collect();
  expect(found.total('agent_os_violations_total')).toBe(2);
  expect(found.total('agent_os_violations_blocked_total')).toBe(1);
  expect(found.total(UNBLOCKED)).toBe(1);
});

test('each is counted five seconds after it, whenever another was', async () => {
  const { timers, unblocked, undecided } = stopsOn();
  undecided();
  timers.advance(1000);
  undecided();
  timers.advance(UNDECIDED_MILLIS - 1000);
  expect(await unblocked()).toBe(1);
  timers.advance(1000);
  expect(await unblocked()).toBe(2);
});
