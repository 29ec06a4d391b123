import { PolicyEngine } from '@microsoft/agent-governance-sdk';
import { AgentTracker } from '../../src/governance/core/agent-tracker.js';
import { SEEN_MILLIS, SeenAgents } from '../../src/governance/core/seen-agents.js';
import { fakeClock } from '../support/clock.js';
import { bench } from './support.js';

function seenAgents(limit = 10) {
  const clock = fakeClock(0);
  const active = { count: 0 };
  const tracker = new AgentTracker(limit, {
    agentStarted: () => void active.count++,
    agentStopped: () => void active.count--,
    evicted: () => undefined,
  });
  return { clock, active, tracker, seen: new SeenAgents(tracker, limit, clock.now) };
}
const agent = (identity: string) => ({ identity, agentId: identity });

test('an agent is active from its first question until it has asked nothing for five minutes', () => {
  const { active, clock, seen } = seenAgents();
  seen.asked(agent('a'));
  seen.asked(agent('b'));
  seen.asked(agent('a'));
  expect(active.count).toBe(2);
  clock.advance(SEEN_MILLIS - 1);
  seen.asked(agent('a'));
  seen.sweep();
  expect(active.count).toBe(2);
  clock.advance(1);
  seen.sweep();
  expect(active.count).toBe(1);
  clock.advance(SEEN_MILLIS);
  seen.sweep();
  expect(active.count).toBe(0);
});

test('a question of an agent that is stopped does not make it active', () => {
  const { active, seen, tracker } = seenAgents();
  tracker.killed(agent('a'), 0, false);
  seen.asked(agent('a'));
  expect(active.count).toBe(0);
});

test('an agent that its lifecycle stops is not active because it has asked', () => {
  const { active, seen, tracker } = seenAgents();
  const lifecycle = { agent: agent('a') };
  tracker.activated(lifecycle);
  seen.asked(agent('a'));
  tracker.halted(lifecycle, 'suspended');
  expect(active.count).toBe(0);
});

test('the agents that are remembered are bounded', () => {
  const { active, seen } = seenAgents(2);
  for (const identity of ['a', 'b', 'c', 'd']) seen.asked(agent(identity));
  expect(active.count).toBe(2);
});

test('agents of engines used alone are no longer active when all is unwrapped', async () => {
  const b = bench();
  const engine = new PolicyEngine();
  b.governance.instrumentPolicyEngine(engine);
  engine.evaluatePolicy('a', {});
  engine.evaluatePolicy('b', {});
  expect(await b.total('agent_os_active_agents')).toBe(2);
  b.governance.unwrap();
  expect(await b.total('agent_os_active_agents')).toBe(0);
});
