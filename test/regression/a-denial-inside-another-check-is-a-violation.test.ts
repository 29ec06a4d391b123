import { PolicyEngine } from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { about, callBench, checked, type CallBench } from '../calls/support.js';

// A check that denied inside of a check of another action or agent was no violation, and nor was one whose denial the check
// around it came to, but did not live to give back.

const VIOLATIONS = 'agent_os_violations_total';
const BLOCKED = 'agent_os_violations_blocked_total';
const other = { agentId: 'judge', action: 'delete_db', policy: 'databases' };

let bench: CallBench;
beforeEach(() => (bench = callBench()));
afterEach(() => bench.obs.shutdown());

const violationOf = ({ agentId, action, policy }: typeof other, severity = 'high') => ({
  [`${VIOLATIONS} action=${action},agent_id=${agentId},policy=${policy},severity=${severity}`]: 1,
  [`${BLOCKED} action=${action},agent_id=${agentId}`]: 1,
});
const violations = () => bench.counted(VIOLATIONS, BLOCKED);

test.each<[about: string, inner: typeof other]>([
  ['another action', { ...other, agentId: checked.agentId }],
  ['another agent', { ...other, action: checked.action }],
  ['another request', other],
])('of %s it is one, though the check around it allows', async (_, inner) => {
  bench.verbs.policyCheck(checked, () => bench.verbs.policyCheck(inner, () => false) || true);
  expect(await violations()).toEqual(violationOf(inner));
});

test('what a tool of the policy is refused is one', async () => {
  bench.verbs.policyCheck(checked, () => {
    bench.verbs.execute(other, () => bench.verbs.policyCheck(other, () => false));
    return true;
  });
  expect(await violations()).toEqual(violationOf(other));
});

test('of the same request it is the violation of the check around it, with what that says', async () => {
  bench.verbs.policyCheck({ ...checked, severity: 'low' }, () =>
    bench.verbs.policyCheck({ ...checked, policy: 'inner' }, () => false),
  );
  expect(await violations()).toEqual(violationOf(checked, 'low'));
});

test('of the same request it is none where the check around it allows', async () => {
  bench.verbs.policyCheck(checked, () => bench.verbs.policyCheck(checked, () => false) || true);
  expect(await violations()).toEqual({});
});

test.each(['throws', 'gives nothing that is understood'])(
  'a check around it that %s has denied',
  async (how) => {
    const check = (): boolean => {
      const verdict = bench.verbs.policyCheck(
        { ...checked, policy: 'inner', severity: 'critical' },
        () => false,
      );
      if (how === 'throws' && !verdict) throw new Error('refused');
      return undefined as unknown as boolean;
    };
    try {
      bench.verbs.policyCheck(checked, check);
    } catch {
      // The host's.
    }
    expect(await violations()).toEqual(violationOf(checked, 'critical'));
  },
);

test('of the same request it is one where the check around it has ended before', async () => {
  let later: Promise<boolean> | undefined;
  bench.verbs.policyCheck(checked, () => {
    later = bench.verbs.policyCheck(checked, async () => false);
    return true;
  });
  await later;
  expect(await violations()).toEqual(violationOf(checked));
});

test('where the check around it is told that the host counts violations, nothing inside of it counts any', async () => {
  bench.verbs.policyCheck(
    { ...checked, violation: false },
    () => bench.verbs.policyCheck(other, () => false) || true,
  );
  expect(await violations()).toEqual({});
});

describe('an action that was refused until somebody approves', () => {
  const REQUESTS = 'agent_os_requests_total';
  const TIMES = 'agent_os_execution_duration_seconds';
  const engine = new PolicyEngine([{ action: about.action, effect: 'allow' }]);
  engine.loadPolicy({
    name: 'documents',
    default_action: 'allow',
    rules: [{ name: 'ask', condition: "action == 'read_file'", ruleAction: 'require_approval' }],
  });
  const ASKS: Record<string, () => unknown> = {
    'a check': () => bench.verbs.policyCheck(checked, () => 'require_approval'),
    'an engine': () => engine.evaluatePolicy(about.agentId, { action: about.action }),
  };
  const ran = async (asks: string, then: (answer: (outcome: 'approved' | 'denied') => void) => void) => {
    new GovernanceInstrumentation(bench.obs).instrumentPolicyEngine(engine);
    await bench.verbs.execute(about, async () => {
      ASKS[asks]!();
      const pending = bench.obs.approvals.ask(checked);
      await Promise.resolve();
      then((outcome) => pending.answered({ outcome, approver: 'human' }));
    });
    const status = Object.keys(await bench.counted(REQUESTS, TIMES)).map(
      (key) => /status=(\w+)/.exec(key)?.[1],
    );
    return [...new Set(status)];
  };

  test.each(Object.keys(ASKS))('by %s is a success once it is approved', async (asks) => {
    expect(await ran(asks, (answer) => answer('approved'))).toEqual(['success']);
  });

  test.each(Object.keys(ASKS))('by %s is denied where it is not, or never answered', async (asks) => {
    expect(await ran(asks, (answer) => answer('denied'))).toEqual(['denied']);
    expect(await ran(asks, () => {})).toEqual(['denied']);
  });

  test.each<
    [
      what: string,
      policies: string[],
      answers: [policy: string, outcome: 'approved' | 'denied'][],
      status: string,
    ]
  >([
    [
      'two policies approve',
      ['a', 'b'],
      [
        ['a', 'approved'],
        ['b', 'approved'],
      ],
      'success',
    ],
    ['one asks again, and is approved', ['a', 'a'], [['a', 'approved']], 'success'],
    ['one of two was never asked', ['a', 'b'], [['a', 'approved']], 'denied'],
    [
      'one of two is denied first',
      ['a', 'b'],
      [
        ['b', 'denied'],
        ['a', 'approved'],
      ],
      'denied',
    ],
    ['another question is approved', ['a'], [['c', 'approved']], 'denied'],
  ])('where %s', async (_, policies, answers, status) => {
    await bench.verbs.execute(about, async () => {
      for (const policy of policies) bench.verbs.policyCheck({ ...about, policy }, () => 'require_approval');
      await Promise.resolve();
      for (const [policy, outcome] of answers)
        bench.obs.approvals.ask({ ...about, policy }).answered({ outcome, approver: 'human' });
    });
    expect(await bench.counted(REQUESTS)).toEqual({ [`${REQUESTS} action=read_file,status=${status}`]: 1 });
  });

  test.each(Object.keys(ASKS))('by %s is denied where a check has denied it as well', async (asks) => {
    const denies = () => bench.verbs.policyCheck(checked, () => false);
    expect(await ran(asks, (answer) => (denies(), answer('approved')))).toEqual(['denied']);
  });
});
