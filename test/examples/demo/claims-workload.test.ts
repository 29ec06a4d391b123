import fc from 'fast-check';
import { claimsWorkload } from '../../../examples/demo/claims-workload.js';
import { kindOf, type ToolCall } from '../../../examples/demo/tool-call.js';

const take = (seed: number, agents: number, count: number): ToolCall[] => {
  const calls: ToolCall[] = [];
  for (const call of claimsWorkload({ seed, agents })) {
    calls.push(call);
    if (calls.length === count) break;
  }
  return calls;
};
const share = (calls: readonly ToolCall[], is: (call: ToolCall) => boolean) =>
  calls.filter(is).length / calls.length;
const anySeed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const anyAgents = fc.integer({ min: 1, max: 12 });

describe('the claims desk', () => {
  it('gives the same calls for the same seed', () => {
    fc.assert(
      fc.property(anySeed, anyAgents, (seed, agents) => {
        expect(take(seed, agents, 200)).toEqual(take(seed, agents, 200));
      }),
      { numRuns: 20 },
    );
  });

  it('gives other calls for another seed', () => {
    expect(take(1, 6, 50)).not.toEqual(take(2, 6, 50));
  });

  it('keeps each task with one agent, its steps in order, and marks the last one', () => {
    fc.assert(
      fc.property(anySeed, anyAgents, (seed, agents) => {
        const tasks = new Map<string, ToolCall[]>();
        for (const call of take(seed, agents, 300)) {
          tasks.set(call.trajectory, [...(tasks.get(call.trajectory) ?? []), call]);
        }
        for (const calls of tasks.values()) {
          expect(new Set(calls.map(({ agentId }) => agentId)).size).toBe(1);
          expect(calls.map(({ step }) => step)).toEqual(calls.map((_, index) => index));
          expect(calls.slice(0, -1).some(({ lastOfTask }) => lastOfTask)).toBe(false);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('lets all agents work side by side', () => {
    const early = take(7, 6, 60);
    expect(new Set(early.map(({ agentId }) => agentId)).size).toBe(6);
  });

  it.each([1, 20_240_229, 4_000_000_000])('has the shape of a real workload (seed %i)', (seed) => {
    const calls = take(seed, 6, 6000);
    expect(share(calls, ({ action }) => kindOf(action) === 'lookup')).toBeCloseTo(0.59, 1);
    expect(share(calls, ({ action }) => kindOf(action) === 'thought')).toBeCloseTo(0.16, 1);
    expect(share(calls, ({ action }) => kindOf(action) === 'change')).toBeCloseTo(0.21, 1);
    expect(share(calls, ({ action }) => kindOf(action) === 'handover')).toBeCloseTo(0.04, 1);
    expect(share(calls, ({ outcome }) => outcome === 'error')).toBeCloseTo(0.058, 1);
    expect(6000 / calls.filter(({ lastOfTask }) => lastOfTask).length).toBeCloseTo(6.4, 0);
    expect(calls.every(({ action, outcome }) => outcome === 'ok' || kindOf(action) === 'change')).toBe(true);
  });

  it('has an agent that asks again and again for what policy forbids, early and in any seed', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        const exports = take(seed, 6, 200).filter(({ action }) => action === 'export_customer_file');
        expect(exports.length).toBeGreaterThanOrEqual(3);
        expect(exports[2]!.trajectory).toBe(exports[0]!.trajectory);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the kind of an action', () => {
  it.each([
    ['get_claim', 'lookup'],
    ['list_all_rooms', 'lookup'],
    ['think', 'thought'],
    ['calculate', 'thought'],
    ['thinkpad_order', 'change'],
    ['transfer_to_adjuster', 'handover'],
    ['transfer_funds', 'change'],
    ['book_room', 'change'],
  ])('%s is a %s', (action, kind) => {
    expect(kindOf(action)).toBe(kind);
  });
});
