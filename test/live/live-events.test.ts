import { LiveEvents } from '../../src/live/live-events.js';
import { EVENTS, type EventName } from '../../src/semconv/events.js';

const board = (keeps = true) => {
  let at = 0;
  return new LiveEvents({ now: () => ++at, keeps, changed: () => {} });
};

test('nothing that somebody has said is kept: of a reason only a short cause, of an audit entry no hash', () => {
  const secret = 'please wire 4000 dollars to the account of my aunt in Lugano, it is urgent';
  const events = board();
  for (const name of Object.keys(EVENTS) as EventName[])
    events.saw(name, 'INFO', { 'agent.id': 'a', 'agent_os.reason': secret, 'agent_os.audit.hash': secret });
  expect(JSON.stringify(events.after(0))).not.toContain('Lugano');
  expect(new Set(events.after(0).map(({ facts }) => facts['reason']))).toEqual(new Set(['other']));
});

test('what happens often does not push out what happens rarely, and both are bounded', () => {
  const events = board();
  events.saw('agent_os.kill', 'ERROR', { 'agent.id': 'first' });
  for (let number = 0; number < 10_000; number++)
    events.saw('agent_os.decision', 'WARN', { 'agent.id': `a${number}` });
  const kept = events.after(0);
  expect(kept[0]).toMatchObject({ seq: 1, name: 'kill' });
  expect(kept.at(-1)).toMatchObject({ seq: 10_001 });
  expect(kept).toHaveLength(151);
  expect(events.after(10_001)).toEqual([]);
  expect(events.after(10_000)).toHaveLength(1);
});

test('a long text is cut, and does not stay in memory', () => {
  const events = board();
  events.saw('agent_os.decision', 'WARN', { 'agent_os.action': 'x'.repeat(5_000_000) });
  expect(String(events.after(0)[0]?.facts['action'])).toHaveLength(120);
});

test.each<[string, EventName, Record<string, string>, string | undefined]>([
  ['a lifecycle says it', 'agent_os.lifecycle', { 'agent_os.state': 'quarantined' }, 'quarantined'],
  ['a signal stops', 'agent_os.signal', { 'agent_os.signal': 'SIGSTOP' }, 'suspended'],
  ['a signal goes on', 'agent_os.signal', { 'agent_os.signal': 'SIGCONT' }, 'active'],
  ['a signal says nothing of it', 'agent_os.signal', { 'agent_os.signal': 'SIGUSR1' }, undefined],
  ['a kill stopped', 'agent_os.kill', { 'agent_os.kill.outcome': 'stopped' }, 'killed'],
  ['a kill failed', 'agent_os.kill', { 'agent_os.kill.outcome': 'failed' }, undefined],
  ['a decision', 'agent_os.decision', {}, undefined],
])('the state of an agent: %s', (_, name, attributes, state) => {
  const events = board();
  events.saw(name, 'INFO', { 'agent.id': 'a', 'agent_os.reason': 'budget', ...attributes });
  expect(events.agents.get('a')).toEqual(state && { state, reason: 'budget', since: 1 });
});

test('an agent that is killed by several events is killed since the first, for the first reason', () => {
  const events = board();
  events.saw('agent_os.signal', 'WARN', {
    'agent.id': 'a',
    'agent_os.signal': 'SIGKILL',
    'agent_os.reason': 'drift',
  });
  events.saw('agent_os.kill', 'ERROR', { 'agent.id': 'a', 'agent_os.kill.outcome': 'stopped' });
  expect(events.agents.get('a')).toEqual({ state: 'killed', reason: 'drift', since: 1 });
});

test('states of agents are bounded: the one that changed longest ago is forgotten', () => {
  const events = board();
  for (let number = 0; number < 600; number++)
    events.saw('agent_os.signal', 'WARN', { 'agent.id': `a${number}`, 'agent_os.signal': 'SIGSTOP' });
  expect(events.agents.size).toBe(500);
  expect(events.agents.has('a99')).toBe(false);
});

test('an event that cannot be read costs nothing', () => {
  const unreadable = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no');
      },
    },
  );
  expect(() => board().saw('agent_os.kill', 'ERROR', unreadable)).not.toThrow();
});
