import { AgentMeshClient, PolicyEngine } from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { about, callBench, checked, type CallBench } from '../calls/support.js';

// obs.policyCheck around an instrumented engine counted two decisions, and an engine inside of it did not heed what the
// host had said of violations, requests and severity.

const REQUESTS = 'agent_os_requests_total';
const VIOLATIONS = 'agent_os_violations_total';
const BLOCKED = 'agent_os_violations_blocked_total';
const DECISIONS = 'agent_os_policy_decisions_total';
const CHECKS = 'agent_os_policy_check_duration_seconds';
const ERRORS = 'agent_os_policy_evaluation_errors_total';
const UNEVALUATED = 'agent_os_policy_unevaluated_total';
const ASKED = 'agent_os_approvals_requested_total';
const ALL = [REQUESTS, VIOLATIONS, BLOCKED, DECISIONS, CHECKS, ERRORS, UNEVALUATED, ASKED];

const VIOLATION = `${VIOLATIONS} action=read_file,agent_id=support-1,policy=files,severity=high`;
const DENIED = {
  [`${REQUESTS} action=read_file,status=denied`]: 1,
  [VIOLATION]: 1,
  [`${BLOCKED} action=read_file,agent_id=support-1`]: 1,
  [`${DECISIONS} decision=deny,enforced=denied,policy=files`]: 1,
  [`${CHECKS} policy=files,result=denied`]: 1,
};

let bench: CallBench;
let engine: PolicyEngine;
let governance: GovernanceInstrumentation;
beforeEach(() => {
  bench = callBench();
  engine = new PolicyEngine([{ action: 'send_mail', effect: 'allow' }]);
  engine.loadPolicy({
    name: 'documents',
    default_action: 'allow',
    rules: [
      { name: 'no-wipe', condition: "action == 'wipe'", ruleAction: 'deny' },
      { name: 'ask-to-pay', condition: "action == 'pay'", ruleAction: 'require_approval' },
    ],
  });
  governance = new GovernanceInstrumentation(bench.obs);
  governance.instrumentPolicyEngine(engine);
});
afterEach(() => bench.obs.shutdown());

function allowing(): AgentMeshClient {
  const client = AgentMeshClient.create('support-1', { policyRules: [{ action: 'x', effect: 'allow' }] });
  governance.instrumentClient(client);
  return client;
}
const documents = (action: string) => engine.evaluatePolicy('support-1', { action });
const wiping = { agentId: 'support-1', action: 'wipe', policy: 'files' };
const paying = { agentId: 'support-1', action: 'pay', policy: 'files' };
class Refused extends Error {}

test.each<[what: string, check: () => unknown]>([
  ['gives its word', () => engine.evaluate('read_file')],
  ['gives a flag', () => engine.evaluate('read_file') === 'allow'],
  ['gives a promise', async () => engine.evaluate('read_file')],
  ['asks backends', () => engine.evaluateWithBackends('read_file')],
  ['asks twice', () => (engine.evaluate('read_file'), engine.evaluate('read_file'))],
  ['gives nothing that is understood', () => void engine.evaluate('read_file')],
])('a check that %s counts one decision, one violation, one request', async (_, check) => {
  await Promise.resolve(bench.verbs.policyCheck(checked, check as () => boolean));
  expect(await bench.counted(...ALL)).toEqual(DENIED);
  expect(bench.events().map(({ name }) => name)).toEqual(['agent_os.decision', 'agent_os.violation']);
});

test('a host that throws because the engine has denied has denied', async () => {
  const check = (): boolean => {
    if (engine.evaluate('read_file') !== 'allow') throw new Refused();
    return true;
  };
  expect(() => bench.verbs.policyCheck(checked, check)).toThrow(Refused);
  expect(await bench.counted(...ALL)).toEqual(DENIED);
});

test('what the host says of violations and requests holds for the engine too', async () => {
  bench.verbs.policyCheck({ ...checked, violation: false, request: false }, () =>
    engine.evaluate('read_file'),
  );
  expect(await bench.counted(VIOLATIONS, BLOCKED, REQUESTS)).toEqual({});
  bench.verbs.policyCheck({ ...checked, severity: 'low' }, () => engine.evaluate('read_file'));
  expect(Object.keys(await bench.counted(VIOLATIONS))).toEqual([VIOLATION.replace('high', 'low')]);
});

test('a flag says how the verdict came about, and by which rule, as the engine has said it', async () => {
  bench.verbs.policyCheck(checked, () => documents('read_file').allowed);
  bench.verbs.policyCheck(wiping, () => documents('wipe').allowed);
  expect(await bench.counted(UNEVALUATED, DECISIONS)).toEqual({
    [`${UNEVALUATED} enforced=allowed,policy=files,provenance=default`]: 1,
    [`${DECISIONS} decision=allow,enforced=allowed,policy=files`]: 1,
    [`${DECISIONS} decision=deny,enforced=denied,policy=files`]: 1,
  });
  for (const { attributes } of bench.events())
    expect(attributes).toMatchObject({ 'agent_os.policy': 'files', 'agent_os.rule': 'no-wipe' });
});

test('a wish for approval counts as asked, once, and is no violation, also where the host gives a flag', async () => {
  bench.verbs.policyCheck(paying, () => documents('pay').allowed);
  bench.obs.approvals.ask(paying).answered({ outcome: 'approved', approver: 'human' });
  bench.verbs.policyCheck(paying, () => 'require_approval');
  bench.obs.approvals.ask(paying);
  const verdict = bench.verbs.policyCheck(paying, () => ({ decision: 'require_approval' }));
  bench.obs.approvals.ask({ ...paying, verdict });
  bench.obs.approvals.ask(paying);
  expect(await bench.counted(ASKED, VIOLATIONS, DECISIONS)).toEqual({
    [`${ASKED} policy=files`]: 4,
    [`${DECISIONS} decision=require_approval,enforced=denied,policy=files`]: 3,
  });
});

test('an allow that the host makes up where the engine fails is one, and the failure counts once', async () => {
  jest.spyOn(engine, 'getRules').mockReturnValue([]);
  const failing = (): boolean => {
    try {
      return engine.evaluate(undefined as never, undefined) === 'allow';
    } catch {
      return true;
    }
  };
  engine.addRule({ action: 'x.*', effect: 'allow' });
  bench.verbs.policyCheck(checked, failing);
  expect(await bench.counted(...ALL)).toEqual({
    [`${UNEVALUATED} enforced=allowed,policy=files,provenance=backend_error`]: 1,
    [`${ERRORS} error_type=TypeError,policy=files`]: 1,
    [`${DECISIONS} decision=allow,enforced=allowed,policy=files`]: 1,
    [`${CHECKS} policy=files,result=allowed`]: 1,
  });
});

test('a client inside of a check is one request, one decision and one violation', async () => {
  const client = allowing();
  await bench.verbs.policyCheck(checked, () => client.executeWithGovernance('read_file'));
  expect(await bench.counted(...ALL)).toEqual(DENIED);
});

test.each<[who: string, ask: (action: string) => Promise<unknown>]>([
  ['an engine', async (action) => engine.evaluatePolicy('support-1', { action })],
  ['a client', (action) => allowing().executeWithGovernance(action)],
])('what %s allows inside of a check is counted by who runs it, once', async (_, ask) => {
  const asks = { ...checked, action: 'x' };
  const verdict = await bench.verbs.policyCheck(asks, () => ask('x') as Promise<'allow'>);
  expect(await bench.counted(REQUESTS)).toEqual({});
  if (verdict) bench.verbs.execute({ ...about, action: 'x' }, () => 'ran');
  await bench.verbs.policyCheck({ ...asks, request: true }, () => ask('x') as Promise<'allow'>);
  expect(await bench.counted(REQUESTS)).toEqual({ [`${REQUESTS} action=x,status=success`]: 2 });
});

test('what a client denies and the host allows all the same is the request that ran', async () => {
  await bench.verbs.policyCheck(
    checked,
    async () => (await allowing().executeWithGovernance('read_file'), true),
  );
  bench.verbs.execute(about, () => 'ran');
  expect(await bench.counted(REQUESTS)).toEqual({ [`${REQUESTS} action=read_file,status=success`]: 1 });
});

test('a client inside of obs.execute is part of its request, which is denied where it denied', async () => {
  const client = allowing();
  await bench.verbs.execute(about, () => client.executeWithGovernance('read_file'));
  await bench.verbs.execute({ ...about, action: 'x' }, () => client.executeWithGovernance('x'));
  bench.verbs.execute(about, () => engine.evaluate('read_file'));
  await bench.verbs.execute({ ...about, action: 'other' }, () => client.executeWithGovernance('x'));
  expect(await bench.counted(REQUESTS)).toEqual({
    [`${REQUESTS} action=read_file,status=denied`]: 2,
    [`${REQUESTS} action=x,status=success`]: 2,
    [`${REQUESTS} action=other,status=success`]: 1,
  });
});

test('another action that is asked about inside of a check counts by itself', async () => {
  bench.verbs.policyCheck(checked, () => documents('wipe').allowed || true);
  bench.verbs.policyCheck({ ...checked, violation: false }, () => documents('wipe').allowed || true);
  expect(await bench.counted(DECISIONS, VIOLATIONS, REQUESTS)).toEqual({
    [`${DECISIONS} decision=allow,enforced=allowed,policy=files`]: 2,
    [`${DECISIONS} decision=deny,enforced=denied,policy=documents`]: 2,
    [`${VIOLATIONS} action=wipe,agent_id=support-1,policy=documents,severity=high`]: 1,
  });
});

test('what goes on in the context of a call that has ended is no part of it', async () => {
  let ask!: () => void;
  const asked = new Promise<void>((resolve) => (ask = resolve));
  let later: Promise<unknown> | undefined;
  const starts = () => {
    later = asked.then(() => engine.evaluate('read_file'));
    return true;
  };
  bench.verbs.execute(about, () => bench.verbs.policyCheck(checked, starts));
  ask();
  await later;
  expect(await bench.counted(REQUESTS, VIOLATIONS, DECISIONS)).toEqual({
    [`${REQUESTS} action=read_file,status=success`]: 1,
    [`${REQUESTS} action=read_file,status=denied`]: 1,
    [`${VIOLATIONS} action=read_file,agent_id=unknown,policy=flat_rules,severity=high`]: 1,
    [`${DECISIONS} decision=allow,enforced=allowed,policy=files`]: 1,
    [`${DECISIONS} decision=deny,enforced=denied,policy=flat_rules`]: 1,
  });
});

test('a breach of the rings counts when it is decided, unless the host counts violations itself', async () => {
  const client = AgentMeshClient.create('support-1', {
    policyRules: [{ action: '*', effect: 'allow' }],
    execution: { agentRing: 3, actionRings: { read_file: 0 }, killOnBreach: true },
  });
  governance.instrumentClient(client);
  client.killSwitch?.registerHandler(client.identity.did, () => new Promise<void>(() => {}));
  void bench.verbs.policyCheck(checked, () => client.executeWithGovernance('read_file'));
  await new Promise(setImmediate);
  const breach = {
    [`${VIOLATIONS} action=read_file,agent_id=support-1,policy=execution_ring,severity=critical`]: 1,
  };
  expect(await bench.counted(VIOLATIONS)).toEqual(breach);
  void bench.verbs.policyCheck({ ...checked, violation: false }, () =>
    client.executeWithGovernance('read_file'),
  );
  await new Promise(setImmediate);
  expect(await bench.counted(VIOLATIONS)).toEqual(breach);
});
