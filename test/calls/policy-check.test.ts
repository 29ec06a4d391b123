import { context, trace, type Span } from '@opentelemetry/api';
import { PolicyEngine } from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { warnings } from '../instruments/support.js';
import { about, callBench, checked, type CallBench } from './support.js';

const REQUESTS = 'agent_os_requests_total';
const VIOLATIONS = 'agent_os_violations_total';
const BLOCKED = 'agent_os_violations_blocked_total';
const DECISIONS = 'agent_os_policy_decisions_total';
const CHECKS = 'agent_os_policy_check_duration_seconds';
const ERRORS = 'agent_os_policy_evaluation_errors_total';
const ALL = [REQUESTS, VIOLATIONS, BLOCKED, DECISIONS, CHECKS, ERRORS];

let bench: CallBench;
beforeEach(() => (bench = callBench()));
afterEach(() => bench.obs.shutdown());

test('what is allowed is timed, decided and traced, and nothing else', async () => {
  const { verbs, clock } = bench;
  let active: unknown;
  const verdict = verbs.policyCheck(checked, (span) => {
    active = trace.getSpan(context.active());
    expect(active).toBe(span);
    clock.advance(2);
    return true;
  });
  expect(verdict).toBe(true);
  expect(await bench.counted(...ALL)).toEqual({
    [`${CHECKS} policy=files,result=allowed`]: 1,
    [`${DECISIONS} decision=allow,enforced=allowed,policy=files`]: 1,
  });
  const [seconds] = (await bench.obs.series()).filter(({ name }) => name === CHECKS);
  expect(seconds?.value).toBeCloseTo(0.002, 9);
  const [span] = bench.obs.spans();
  expect(span?.name).toBe('kernel.policy_check');
  expect(span?.attributes).toEqual({
    'kernel.component': 'policy_engine',
    'agent.id': 'support-1',
    'agent_os.action': 'read_file',
    'agent_os.policies': ['files'],
    'agent_os.decision': 'allow',
    'agent_os.enforced': 'allowed',
  });
  expect(bench.events()).toEqual([]);
});

test('a denial is a violation that was blocked, and the end of a request', async () => {
  expect(bench.verbs.policyCheck(checked, () => ({ decision: 'deny' }))).toEqual({ decision: 'deny' });
  expect(await bench.counted(...ALL)).toEqual({
    [`${REQUESTS} action=read_file,status=denied`]: 1,
    [`${VIOLATIONS} action=read_file,agent_id=support-1,policy=files,severity=high`]: 1,
    [`${BLOCKED} action=read_file,agent_id=support-1`]: 1,
    [`${CHECKS} policy=files,result=denied`]: 1,
    [`${DECISIONS} decision=deny,enforced=denied,policy=files`]: 1,
  });
  expect(bench.paths()).toEqual(['kernel.policy_check', 'kernel.policy_check/kernel.violation']);
  expect(bench.events()).toContainEqual({
    name: 'agent_os.decision',
    severity: 'WARN',
    attributes: {
      'agent.id': 'support-1',
      'agent_os.action': 'read_file',
      'agent_os.policy': 'files',
      'agent_os.decision': 'deny',
      'agent_os.enforced': 'denied',
    },
  });
  const [check] = bench.obs.spans().filter(({ name }) => name === 'kernel.policy_check');
  expect(check?.status.code).toBe(0); // a denial is a decision
});

test('an async check is followed to its end, in its span', async () => {
  const { verbs, obs } = bench;
  const verdict = verbs.policyCheck({ ...checked, severity: 'low' }, async () => {
    await Promise.resolve();
    obs.tracer.span('engine.rules', {}, () => undefined);
    return false;
  });
  expect(obs.spans().map(({ name }) => name)).toEqual([]);
  expect(await verdict).toBe(false);
  expect(bench.paths()).toEqual([
    'kernel.policy_check',
    'kernel.policy_check/engine.rules',
    'kernel.policy_check/kernel.violation',
  ]);
  const violation = `${VIOLATIONS} action=read_file,agent_id=support-1,policy=files,severity=low`;
  expect(await bench.counted(VIOLATIONS)).toEqual({ [violation]: 1 });
});

test.each<[what: string, answer: unknown]>([
  ['a review', { decision: 'review' }],
  ['a wish for approval', { action: 'require_approval' }],
])('%s is denied, and no violation', async (_, answer) => {
  bench.verbs.policyCheck(checked, () => answer as string);
  expect(await bench.counted(VIOLATIONS, BLOCKED, REQUESTS)).toEqual({
    [`${REQUESTS} action=read_file,status=denied`]: 1,
  });
  expect(bench.events()).toHaveLength(1);
});

test.each<[what: string, answer: unknown]>([
  ['undefined', undefined],
  ['a number', 0],
  ['an allow with an error', { allowed: true, error: 'timeout' }],
  [
    'an object that refuses to be read',
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    ),
  ],
])('%s is unknown, never allowed, and said once', async (_, answer) => {
  const said = warnings();
  for (let i = 0; i < 2; i++) expect(bench.verbs.policyCheck(checked, () => answer as string)).toBe(answer);
  expect(await bench.counted(...ALL)).toEqual({
    [`${REQUESTS} action=read_file,status=unknown`]: 2,
    [`${CHECKS} policy=files,result=unknown`]: 2,
    [`${DECISIONS} decision=unknown,enforced=unknown,policy=files`]: 2,
  });
  expect(said.filter((line) => line.includes('is not understood'))).toHaveLength(1);
  expect(bench.events().map(({ name }) => name)).toEqual(['agent_os.decision', 'agent_os.decision']);
});

test('a check that throws is an error, neither allowed nor denied, and thrown on', async () => {
  const failure = new TypeError('the engine is away');
  const throws = () => {
    throw failure;
  };
  expect(() => bench.verbs.policyCheck(checked, throws as () => boolean)).toThrow(failure);
  await expect(bench.verbs.policyCheck(checked, async () => throws() as boolean)).rejects.toBe(failure);
  expect(await bench.counted(...ALL)).toEqual({
    [`${REQUESTS} action=read_file,status=error`]: 2,
    [`${CHECKS} policy=files,result=error`]: 2,
    [`${ERRORS} error_type=TypeError,policy=files`]: 2,
  });
  expect(bench.obs.spans().map(({ status }) => status.code)).toEqual([2, 2]);
  const [event] = bench.events();
  expect(event?.attributes).toMatchObject({ 'error.type': 'TypeError' });
  expect(JSON.stringify(bench.events())).not.toContain('away');
});

test('`classify` reads another shape; where it fails, so has the check', async () => {
  const { verbs } = bench;
  verbs.policyCheck({ ...checked, classify: ({ score }) => (score > 5 ? 'denied' : 'allowed') }, () => ({
    score: 9,
  }));
  verbs.policyCheck({ ...checked, classify: () => 'unknown' }, () => 3);
  const fails = (): never => {
    throw new Error('no');
  };
  verbs.policyCheck({ ...checked, classify: fails }, () => 3);
  expect(await bench.counted(CHECKS, ERRORS, VIOLATIONS)).toEqual({
    [`${CHECKS} policy=files,result=denied`]: 1,
    [`${CHECKS} policy=files,result=unknown`]: 1,
    [`${CHECKS} policy=files,result=error`]: 1,
    [`${ERRORS} error_type=classify_failed,policy=files`]: 1,
    [`${VIOLATIONS} action=read_file,agent_id=support-1,policy=files,severity=high`]: 1,
  });
});

test('several policies are one label, and all on the span', async () => {
  bench.verbs.policyCheck({ ...about, policies: ['files'] }, () => true);
  bench.verbs.policyCheck({ ...about, policies: ['files', 'hours'] }, () => true);
  bench.verbs.policyCheck({ ...about, policy: 'set', policies: ['files', 'hours'] }, () => true);
  expect(Object.keys(await bench.counted(CHECKS))).toEqual([
    `${CHECKS} policy=files,result=allowed`,
    `${CHECKS} policy=files,hours,result=allowed`,
    `${CHECKS} policy=set,result=allowed`,
  ]);
  expect(bench.obs.spans().map(({ attributes }) => attributes['agent_os.policies'])).toEqual([
    ['files'],
    ['files', 'hours'],
    ['files', 'hours'],
  ]);
});

test('a host may count violations and requests itself, or have each check be a request', async () => {
  const { verbs } = bench;
  verbs.policyCheck({ ...checked, violation: false, request: false }, () => false);
  expect(await bench.counted(VIOLATIONS, BLOCKED, REQUESTS)).toEqual({});
  verbs.policyCheck({ ...checked, request: true }, () => true);
  verbs.policyCheck({ ...checked, request: true, violation: false }, () => false);
  expect(await bench.counted(REQUESTS)).toEqual({
    [`${REQUESTS} action=read_file,status=success`]: 1,
    [`${REQUESTS} action=read_file,status=denied`]: 1,
  });
});

test('one refusal is one violation and one request, whatever is nested', async () => {
  const { verbs } = bench;
  await verbs.policyCheck(checked, async () =>
    verbs.policyCheck({ ...checked, policy: 'inner' }, async () => false),
  );
  expect(await bench.counted(VIOLATIONS, REQUESTS)).toEqual({
    [`${VIOLATIONS} action=read_file,agent_id=support-1,policy=files,severity=high`]: 1,
    [`${REQUESTS} action=read_file,status=denied`]: 1,
  });
});

test('a violation that the host counts inside of a check is not counted again', async () => {
  const { verbs } = bench;
  await verbs.policyCheck(checked, async () => {
    await Promise.resolve();
    verbs.violation({ ...checked, severity: 'critical', blocked: true });
    return false;
  });
  expect(await bench.counted(VIOLATIONS, BLOCKED)).toEqual({
    [`${VIOLATIONS} action=read_file,agent_id=support-1,policy=files,severity=critical`]: 1,
    [`${BLOCKED} action=read_file,agent_id=support-1`]: 1,
  });
});

test('an instrumented engine inside of a check leaves one violation', async () => {
  const { obs, verbs } = bench;
  const engine = new PolicyEngine([{ action: 'read_file', effect: 'deny' }]);
  new GovernanceInstrumentation(obs).instrumentPolicyEngine(engine);
  verbs.policyCheck(checked, () => engine.evaluate('read_file'));
  const violations = Object.values(await bench.counted(VIOLATIONS));
  expect(violations).toEqual([1]);
});

test('a span that refuses what is set on it costs no count', async () => {
  const refuse = (span: Span) => {
    jest.spyOn(span, 'setAttribute').mockImplementation(() => {
      throw new Error('no');
    });
    return false;
  };
  expect(bench.verbs.policyCheck(checked, refuse)).toBe(false);
  expect(Object.values(await bench.counted(VIOLATIONS, DECISIONS))).toEqual([1, 1]);
});

test('no function, and a check that cannot be read, are said once; a function runs all the same', async () => {
  const said = warnings();
  const { verbs } = bench;
  for (let i = 0; i < 2; i++) {
    expect(verbs.policyCheck(checked, undefined as never)).toBeUndefined();
    expect(verbs.policyCheck(null as never, () => 'allow')).toBe('allow');
    expect(verbs.policyCheck({ agent: 'a' } as never, (span) => span.isRecording())).toBe(true);
  }
  expect(said).toEqual([
    expect.stringContaining('obs.policyCheck: dropped'),
    expect.stringContaining('obs.policyCheck: unknown key agent, which is not read; did you mean agentId?'),
  ]);
  expect(await bench.counted(CHECKS)).toEqual({ [`${CHECKS} policy=unknown,result=allowed`]: 2 });
});
