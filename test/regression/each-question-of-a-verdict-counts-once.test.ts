import { governTool as mastraTool } from '../../src/frameworks/mastra.js';
import { governTool as mcpTool } from '../../src/frameworks/mcp.js';
import { callBench, type CallBench } from '../calls/support.js';

// Questions that ran side by side were counted again when they were asked, as one verdict left room for one of them; a
// policy that answers one and the same object counted for the first of its questions alone; and what governTool had asked
// itself swallowed the next question of somebody else.

const ASKED = 'agent_os_approvals_requested_total';
const ANSWERED = 'agent_os_approvals_total';
const paying = { agentId: 'support-1', action: 'pay', policy: 'files' };
const WORD = 'require_approval';
const CONSTANT = { decision: WORD };

let bench: CallBench;
beforeEach(() => (bench = callBench()));
afterEach(() => bench.obs.shutdown());

const check = (answer: unknown, about = paying) => bench.obs.policyCheck(about, () => answer as string);
const ask = (more: object = {}) =>
  bench.obs.approvals.ask({ ...paying, ...more }).answered({ outcome: 'approved', approver: 'human' });
async function counts() {
  const found = Object.entries(await bench.counted(ASKED, ANSWERED));
  const sum = (name: string) =>
    found.filter(([series]) => series.startsWith(`${name} `)).reduce((total, [, value]) => total + value, 0);
  return { asked: sum(ASKED), answered: sum(ANSWERED) };
}

describe.each<[what: string, answer: () => unknown]>([
  ['a word', () => WORD],
  ['one object', () => CONSTANT],
  ['an object each time', () => ({ decision: WORD })],
])('of a policy that answers %s', (_, answer) => {
  test.each([
    ['with their verdicts', true],
    ['without', false],
  ])('questions side by side count once each, %s', async (__, given) => {
    const verdicts = [1, 2, 3].map(() => check(answer()));
    for (const verdict of verdicts) ask(given ? { verdict } : {});
    expect(await counts()).toEqual({ asked: 3, answered: 3 });
    ask();
    expect(await counts()).toEqual({ asked: 4, answered: 4 });
  });

  test('questions one after the other count once each', async () => {
    for (let times = 0; times < 3; times++) ask({ verdict: check(answer()) });
    ask();
    expect(await counts()).toEqual({ asked: 4, answered: 4 });
  });

  test('checks count each, also where nobody asks', async () => {
    for (let times = 0; times < 3; times++) check(answer());
    expect(await counts()).toEqual({ asked: 3, answered: 0 });
  });

  test('the layers of one check and its question are one; the next check is another', async () => {
    for (let times = 0; times < 2; times++) {
      const verdict = bench.obs.policyCheck(paying, () => check(answer(), { ...paying, policy: 'inner' }));
      ask(times === 0 ? { verdict } : {});
    }
    expect(await counts()).toEqual({ asked: 2, answered: 2 });
  });

  test('what governTool asks is asked, and leaves the next question its own', async () => {
    const options = { action: 'pay', agentId: 'support-1', approve: () => true };
    const tool = mcpTool(bench.obs, answer as never, async (_given: object) => ({ content: [] }), options);
    for (let times = 0; times < 3; times++) await tool({});
    expect(await counts()).toEqual({ asked: 3, answered: 3 });
    const verdict = answer();
    ask({ policy: 'tool_policy', verdict });
    expect(await counts()).toEqual({ asked: 4, answered: 4 });
  });

  test('what a framework asks counts each time', async () => {
    const tool = mastraTool(bench.obs, answer as never, { id: 'pay', execute: async () => 1 } as never);
    const { requireApproval } = tool as unknown as { requireApproval: (input: object) => Promise<boolean> };
    for (let times = 0; times < 3; times++) expect(await requireApproval({})).toBe(true);
    expect(await counts()).toEqual({ asked: 3, answered: 0 });
  });
});

test('what was counted by hand inside of a check about something else is the verdict of that check', async () => {
  const verdict = bench.obs.policyCheck(paying, () => {
    bench.obs.approvals.recordRequested({ policy: 'engine', verdict: CONSTANT });
    return CONSTANT as never;
  });
  ask({ verdict });
  expect(await counts()).toEqual({ asked: 1, answered: 1 });
});

test('words about different actions are different questions', async () => {
  bench.obs.policyCheck(paying, () => check(WORD, { ...paying, action: 'read_account' }));
  expect(await counts()).toEqual({ asked: 2, answered: 0 });
});
