import {
  AgentMeshClient,
  GenericFrameworkAdapter,
  PolicyEngine,
  type Policy,
} from '@microsoft/agent-governance-sdk';
import { isViolation } from '../../src/governance/core/violations.js';
import type { LogRecord } from '../../src/common/host-types.js';
import { bench, withContextManager, type Bench } from './support.js';

withContextManager();

const DID = 'did:agentmesh:support-1:0123456789abcdef';
const FILES: Policy = {
  name: 'files',
  rules: [
    { name: 'read', condition: "action == 'read'", ruleAction: 'allow' },
    { name: 'copy', condition: "action == 'copy'", ruleAction: 'warn' },
    { name: 'note', condition: "action == 'note'", ruleAction: 'log' },
    { name: 'wipe', condition: "action == 'wipe'", ruleAction: 'require_approval' },
    { name: 'leak', condition: "action == 'leak'", ruleAction: 'deny' },
  ],
};
const FLAT = [
  { action: 'read', effect: 'allow' as const },
  { action: 'pay', effect: 'review' as const },
];

function engineOf(b: Bench, policy: Policy = FILES, options = {}): PolicyEngine {
  const engine = new PolicyEngine(FLAT);
  engine.loadPolicy(policy);
  b.governance.instrumentPolicyEngine(engine, options);
  return engine;
}
const totals = async (b: Bench) => ({
  requests: await b.total('agent_os_requests_total'),
  latency: await b.total('agent_os_kernel_latency_seconds'),
  violations: await b.total('agent_os_violations_total'),
  blocked: await b.total('agent_os_violations_blocked_total'),
});

test('a denial of an engine used alone is a violation, blocked, and a request of its agent', async () => {
  const b = bench();
  engineOf(b).evaluatePolicy(DID, { action: 'leak' });
  expect(await b.series('agent_os_violations_total')).toEqual([
    { labels: { agent_id: 'support-1', action: 'leak', policy: 'files', severity: 'high' }, value: 1 },
  ]);
  expect(await b.series('agent_os_violations_blocked_total')).toEqual([
    { labels: { agent_id: 'support-1', action: 'leak' }, value: 1 },
  ]);
  expect(await b.series('agent_os_requests_total')).toEqual([
    { labels: { action: 'leak', status: 'denied' }, value: 1 },
  ]);
  expect(await b.total('agent_os_kernel_latency_seconds')).toBe(1);
  expect(await b.total('agent_os_active_agents')).toBe(1);
  expect(b.paths()).toEqual(['kernel.policy_check', 'kernel.policy_check/kernel.violation']);
});

test.each([
  ['read', 'success', 0],
  ['copy', 'denied', 1], // the SDK stops what a rule only warns of, so it was blocked
  ['note', 'denied', 1],
  ['wipe', 'denied', 0],
  ['leak', 'denied', 1],
  ['other', 'denied', 1],
])(
  'a check of documents that answers %s is a request that ends %s, with %i violations',
  async (action, status, violations) => {
    const b = bench();
    engineOf(b).evaluatePolicy(DID, { action });
    expect(await b.series('agent_os_requests_total')).toEqual([{ labels: { action, status }, value: 1 }]);
    expect(await totals(b)).toMatchObject({ violations, blocked: violations });
  },
);

test.each([
  ['read', 'success', 0],
  ['pay', 'denied', 0],
  ['other', 'denied', 1],
])(
  'a check of flat rules that answers %s is a request that ends %s, with %i violations',
  async (action, status, violations) => {
    const b = bench();
    engineOf(b).evaluate(action);
    expect(await b.series('agent_os_requests_total')).toEqual([{ labels: { action, status }, value: 1 }]);
    expect(await totals(b)).toMatchObject({ violations, blocked: violations });
  },
);

test('what is not understood is a request that ends unknown, and no violation', async () => {
  const b = bench();
  class Odd extends PolicyEngine {
    override evaluate(): never {
      return 'perhaps' as never;
    }
  }
  const engine = new Odd();
  b.governance.instrumentPolicyEngine(engine);
  engine.evaluate();
  expect((await b.series('agent_os_requests_total'))[0]?.labels.status).toBe('unknown');
  expect(await b.total('agent_os_violations_total')).toBe(0);
});

test('a check that throws is a request that ends in an error', async () => {
  const b = bench();
  const engine = new PolicyEngine([{ action: 'x.*', effect: 'allow' }]);
  b.governance.instrumentPolicyEngine(engine);
  expect(() => engine.evaluate(undefined as never)).toThrow(TypeError);
  expect(await b.series('agent_os_requests_total')).toEqual([
    { labels: { action: 'unknown', status: 'error' }, value: 1 },
  ]);
  expect(await b.total('agent_os_violations_total')).toBe(0);
});

test.each([
  ['allow', 'allowed', false],
  ['deny', 'denied', true],
  ['deny', 'allowed', true],
  ['warn', 'denied', true],
  ['warn', 'allowed', false],
  ['log', 'denied', true],
  ['review', 'denied', false],
  ['require_approval', 'denied', false],
  ['unknown', 'denied', true],
  ['unknown', 'unknown', false],
] as const)('%s, %s: that it is a violation is %p', (decision, enforced, expected) => {
  expect(isViolation(decision, enforced)).toBe(expected);
});

describe('one request is counted once', () => {
  const ONE = { requests: 1, latency: 1, violations: 1, blocked: 1 };

  test.each(['evaluateWithBackends', 'evaluatePolicyWithBackends'] as const)('by %s', async (name) => {
    const b = bench();
    await engineOf(b)[name]('other', { action: 'other' });
    expect(await totals(b)).toEqual(ONE);
  });

  test('by a client that asks its engine', async () => {
    const b = bench();
    const client = AgentMeshClient.create('a');
    b.governance.instrumentClient(client);
    await client.executeWithGovernance('leak');
    expect(await totals(b)).toEqual(ONE);
  });

  test('by an adapter that asks its client', async () => {
    const b = bench();
    const adapter = new GenericFrameworkAdapter(AgentMeshClient.create('a'));
    b.governance.instrumentAdapter(adapter);
    await adapter.run({ name: 'leak', action: 'leak' }, () => 1);
    expect(await totals(b)).toEqual(ONE);
  });

  test('by two engines that a client asks', async () => {
    const b = bench();
    const second = engineOf(b);
    class Careful extends AgentMeshClient {
      override async executeWithGovernance(action: string, params?: Record<string, unknown>) {
        second.evaluate(action);
        return super.executeWithGovernance(action, params);
      }
    }
    const client = new Careful({ agentId: 'a' });
    b.governance.instrumentClient(client);
    await client.executeWithGovernance('leak');
    expect(await totals(b)).toEqual(ONE);
  });

  test('by an engine that asks another, at once or as a backend', async () => {
    const b = bench();
    const inner = engineOf(b);
    class Layered extends PolicyEngine {
      override evaluate(action: string) {
        inner.evaluate(action);
        return super.evaluate(action);
      }
    }
    const outer = new Layered(FLAT);
    outer.registerBackend({
      name: 'inner',
      async evaluateAction(action) {
        await Promise.resolve();
        return inner.evaluate(action);
      },
    });
    b.governance.instrumentPolicyEngine(outer);
    outer.evaluate('leak');
    expect(await totals(b)).toEqual(ONE);
    await outer.evaluateWithBackends('read');
    expect(await totals(b)).toEqual({ ...ONE, requests: 2, latency: 2 });
    inner.evaluate('leak');
    expect(await b.total('agent_os_violations_total')).toBe(2);
  });

  test('by the engine alone where its client is not instrumented', async () => {
    const b = bench();
    const client = AgentMeshClient.create('a');
    b.governance.instrumentPolicyEngine(client.policy, { agentId: client.identity.did });
    await client.executeWithGovernance('leak');
    expect(await totals(b)).toEqual(ONE);
    expect((await b.series('agent_os_violations_total'))[0]?.labels.agent_id).toBe('a');
  });

  test('a check that a tool makes is another request', async () => {
    const b = bench();
    const client = AgentMeshClient.create('a', { policyRules: [{ action: 'go', effect: 'allow' }] });
    const adapter = new GenericFrameworkAdapter(client);
    b.governance.instrumentAdapter(adapter);
    await adapter.run({ name: 'go', action: 'go' }, () => client.policy.evaluate('leak'));
    expect(await totals(b)).toEqual({ ...ONE, requests: 2, latency: 2 });
  });
});

describe('denialsAreViolations: false', () => {
  const NONE = { requests: 0, latency: 0, violations: 0, blocked: 0 };

  test('leaves a check a check', async () => {
    const b = bench({ denialsAreViolations: false });
    const engine = engineOf(b);
    engine.evaluatePolicy(DID, { action: 'leak' });
    expect(() => engine.evaluate(undefined as never)).not.toThrow();
    expect(await totals(b)).toEqual(NONE);
    expect(await b.total('agent_os_policy_decisions_total')).toBe(2);
    expect(await b.total('agent_os_active_agents')).toBe(0);
  });

  test('of one engine leaves the other to count what both are asked', async () => {
    const b = bench();
    const engine = engineOf(b, FILES, { denialsAreViolations: false });
    engine.evaluatePolicy(DID, { action: 'leak' });
    expect(await totals(b)).toEqual(NONE);
    engineOf(b).evaluatePolicy(DID, { action: 'leak' });
    expect(await b.total('agent_os_violations_total')).toBe(1);
  });
});

describe('the agent of a check of flat rules', () => {
  test.each([
    [{ agentId: DID }, 'support-1'],
    [{ agent_id: 'billing' }, 'billing'],
    [{ agentDid: DID }, 'support-1'],
    [{ did: DID }, 'support-1'],
    [{ agentId: 7, did: 'billing' }, 'billing'],
    [{}, 'unknown'],
    [undefined, 'unknown'],
    ['billing', 'unknown'],
  ])('that has the context %j is %s', async (context, agentId) => {
    const b = bench();
    engineOf(b).evaluate('leak', context as never);
    expect((await b.series('agent_os_violations_total'))[0]?.labels.agent_id).toBe(agentId);
  });

  test('that has a context which refuses to be read is unknown', async () => {
    const b = bench();
    const context = Object.defineProperty({}, 'agentId', {
      get() {
        throw new Error('not for you');
      },
    });
    engineOf(b).evaluate('leak', context);
    expect((await b.series('agent_os_violations_total'))[0]?.labels.agent_id).toBe('unknown');
  });
});

describe('the severity of a violation', () => {
  const severity = async (b: Bench) => (await b.series('agent_os_violations_total'))[0]?.labels.severity;
  const graded = (rule: object, policy: object = {}): Policy => ({
    name: 'graded',
    rules: [{ name: 'leak', condition: "action == 'leak'", ruleAction: 'deny', ...rule }],
    ...policy,
  });

  test.each([
    ['the rule', graded({ severity: 'critical' }, { severity: 'low' }), 'critical'],
    ['the metadata of the rule', graded({ metadata: { severity: 'medium' } }), 'medium'],
    ['the document', graded({ severity: 'awful' }, { severity: 'low' }), 'low'],
    ['the metadata of the document', graded({}, { metadata: { severity: 'low' } }), 'low'],
    ['nobody', graded({ metadata: null }), 'high'],
  ])('is what %s says', async (_who, policy, expected) => {
    const b = bench();
    engineOf(b, policy).evaluatePolicy(DID, { action: 'leak' });
    expect(await severity(b)).toBe(expected);
  });

  test('is what the document says also where backends are asked', async () => {
    const b = bench();
    await engineOf(b, graded({ severity: 'low' })).evaluatePolicyWithBackends(DID, { action: 'leak' });
    expect(await severity(b)).toBe('low');
  });

  test('is not that of a document that allowed, where a backend denied', async () => {
    const b = bench();
    const engine = engineOf(b, graded({ severity: 'low', ruleAction: 'allow' }));
    engine.registerBackend({ name: 'opa', evaluatePolicy: () => 'deny' });
    await engine.evaluatePolicyWithBackends(DID, { action: 'leak' });
    expect(await b.series('agent_os_violations_total')).toEqual([
      { labels: { agent_id: 'support-1', action: 'leak', policy: 'opa', severity: 'high' }, value: 1 },
    ]);
  });

  test('is what the host’s map says by policy, before the policy itself', async () => {
    const b = bench({ severityOf: { graded: 'medium' } });
    engineOf(b, graded({ severity: 'low' })).evaluatePolicy(DID, { action: 'leak' });
    expect(await severity(b)).toBe('medium');
    engineOf(b).evaluate('toString');
    expect((await b.series('agent_os_violations_total')).map(({ labels }) => labels.severity)).toEqual([
      'medium',
      'high',
    ]);
  });

  test('is high where an engine cannot say what its policies are', async () => {
    const b = bench();
    const engine = engineOf(b);
    engine.getPolicy = () => {
      throw new Error('no');
    };
    engine.evaluatePolicy(DID, { action: 'leak' });
    expect(await severity(b)).toBe('high');
  });
});

test('a violation is an event, with rule, severity and whether it was blocked', async () => {
  const records: LogRecord[] = [];
  const b = bench({ events: { getLogger: () => ({ emit: (record) => void records.push(record) }) } });
  engineOf(b).evaluatePolicy(DID, { action: 'leak' });
  expect(records.filter(({ eventName }) => eventName === 'agent_os.violation')).toMatchObject([
    {
      eventName: 'agent_os.violation',
      attributes: {
        'agent.id': 'support-1',
        'agent_os.action': 'leak',
        'agent_os.policy': 'files',
        'agent_os.rule': 'leak',
        'agent_os.severity': 'high',
        'agent_os.blocked': true,
      },
    },
  ]);
});
