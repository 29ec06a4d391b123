import { PolicyEngine, type Policy } from '@microsoft/agent-governance-sdk';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { bench, only, withContextManager } from './support.js';

withContextManager();

const FILES: Policy = {
  name: 'files',
  rules: [
    { name: 'read', condition: "action == 'read'", ruleAction: 'allow', description: 'reading is fine' },
    { name: 'copy', condition: "action == 'copy'", ruleAction: 'warn' },
    { name: 'wipe', condition: "action == 'wipe'", ruleAction: 'require_approval' },
    { name: 'note', condition: "action == 'note'", ruleAction: 'log' },
  ],
};
const DID = 'did:agentmesh:support-1:0123456789abcdef';
const FLAT = [
  { action: 'read', effect: 'allow' },
  { action: 'wipe', effect: 'review' },
] as const;

function documents(...policies: Policy[]): PolicyEngine {
  const engine = new PolicyEngine();
  for (const policy of policies) engine.loadPolicy(policy);
  return engine;
}
describe('evaluatePolicy', () => {
  test.each([
    ['read', 'allow', 'allowed', 'files'],
    ['copy', 'warn', 'denied', 'files'],
    ['wipe', 'require_approval', 'denied', 'files'],
    ['note', 'log', 'denied', 'files'],
    ['other', 'deny', 'denied', 'policy_documents'],
  ])('records %s as decision %s, enforced %s, by %s', async (action, decision, enforced, policy) => {
    const b = bench();
    const engine = documents(FILES);
    b.governance.instrumentPolicyEngine(engine);

    const result = engine.evaluatePolicy(DID, { action });

    expect(result.action).toBe(decision);
    expect(await b.series('agent_os_policy_decisions_total')).toEqual([
      { labels: { policy, decision, enforced }, value: 1 },
    ]);
    expect(await b.series('agent_os_policy_check_duration_seconds')).toEqual([
      { labels: { policy, result: enforced }, value: 1, sum: 0 },
    ]);
    expect(only(b.spans(), 'kernel.policy_check').attributes).toMatchObject({
      'agent.id': 'support-1',
      'agent_os.action': action,
      'agent_os.policies': [policy],
      'agent_os.decision': decision,
      'agent_os.enforced': enforced,
      'kernel.component': 'policy_engine',
    });
  });

  test('leaves the span’s status unset for a denial, with the reason on the span', () => {
    const b = bench();
    const engine = documents(FILES);
    b.governance.instrumentPolicyEngine(engine);
    engine.evaluatePolicy(DID, { action: 'other' });
    const span = only(b.spans(), 'kernel.policy_check');
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes['agent_os.reason']).toBe('No matching rules, using default');
  });

  test('records its duration in seconds of the given clock', async () => {
    const b = bench();
    class Slow extends PolicyEngine {
      override evaluatePolicy(agent: string, ctx: Record<string, unknown>) {
        b.clock.advance(25);
        return super.evaluatePolicy(agent, ctx);
      }
    }
    const engine = new Slow();
    b.governance.instrumentPolicyEngine(engine, { policySet: 'house' });
    engine.evaluatePolicy(DID, { action: 'read' });
    expect(await b.series('agent_os_policy_check_duration_seconds')).toEqual([
      { labels: { policy: 'house', result: 'denied' }, value: 1, sum: 0.025 },
    ]);
  });

  test('rethrows what a policy throws, and counts an evaluation error', async () => {
    const b = bench();
    const boom = new RangeError('boom');
    const engine = documents(FILES);
    b.governance.instrumentPolicyEngine(engine);
    const hostile = {
      get agent(): string {
        throw boom;
      },
    };
    engine.loadPolicy(Object.assign(Object.create(hostile), { name: 'hostile', rules: [] }) as Policy);

    let caught: unknown;
    try {
      engine.evaluatePolicy(DID, { action: 'read' });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBe(boom);
    expect(await b.series('agent_os_policy_evaluation_errors_total')).toEqual([
      { labels: { policy: 'policy_documents', error_type: 'RangeError' }, value: 1 },
    ]);
    expect(await b.series('agent_os_policy_check_duration_seconds')).toEqual([
      { labels: { policy: 'policy_documents', result: 'error' }, value: 1, sum: 0 },
    ]);
    expect(await b.series('agent_os_policy_decisions_total')).toEqual([]);
    const span = only(b.spans(), 'kernel.policy_check');
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes['error.type']).toBe('RangeError');
    expect(span.events.map(({ name }) => name)).toEqual(['exception']);
  });

  test('shows an action that is no text, or cannot be read, as unknown', () => {
    const b = bench();
    const engine = documents({ name: 'all', rules: [], default_action: 'allow' });
    b.governance.instrumentPolicyEngine(engine);
    engine.evaluatePolicy(DID, { action: 7 });
    engine.evaluatePolicy(DID, undefined as never);
    const context = Object.defineProperty({}, 'action', {
      enumerable: false,
      get() {
        throw new Error('not for you');
      },
    });
    engine.evaluatePolicy(DID, context);
    expect(b.spans().map(({ attributes }) => attributes['agent_os.action'])).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
  });
});

describe('evaluate', () => {
  test.each([
    ['read', 'allow', 'allowed'],
    ['wipe', 'review', 'denied'],
    ['other', 'deny', 'denied'],
  ])('records %s as decision %s, enforced %s', async (action, decision, enforced) => {
    const b = bench();
    const engine = new PolicyEngine([...FLAT]);
    b.governance.instrumentPolicyEngine(engine);
    expect(engine.evaluate(action)).toBe(decision);
    expect(await b.series('agent_os_policy_decisions_total')).toEqual([
      { labels: { policy: 'flat_rules', decision, enforced }, value: 1 },
    ]);
    const { attributes } = only(b.spans(), 'kernel.policy_check');
    expect(attributes['agent_os.action']).toBe(action);
    expect('agent.id' in attributes).toBe(false);
  });

  test('takes policySet as its policy label, and the agentId option as its agent', async () => {
    const b = bench();
    const engine = new PolicyEngine([...FLAT]);
    b.governance.instrumentPolicyEngine(engine, { policySet: 'house', agentId: DID });
    engine.evaluate('read', { agentId: 'somebody-else' });
    expect((await b.series('agent_os_policy_decisions_total'))[0]?.labels.policy).toBe('house');
    expect(only(b.spans(), 'kernel.policy_check').attributes['agent.id']).toBe('support-1');
  });

  test('rethrows what it throws, also when it is called without its engine', async () => {
    const b = bench();
    const engine = new PolicyEngine([{ action: 'x.*', effect: 'allow' }]);
    b.governance.instrumentPolicyEngine(engine);
    expect(() => engine.evaluate(undefined as never)).toThrow(TypeError);
    const evaluate = Reflect.get(engine, 'evaluate') as () => unknown;
    expect(() => Reflect.apply(evaluate, undefined, ['x.y'])).toThrow(TypeError);
    expect(await b.total('agent_os_policy_evaluation_errors_total')).toBe(2);
  });

  test('is wrapped by a function of the same name and length', () => {
    const b = bench();
    const engine = new PolicyEngine();
    b.governance.instrumentPolicyEngine(engine);
    expect([engine.evaluate.name, engine.evaluate.length]).toEqual(['evaluate', 1]);
    expect([engine.evaluatePolicy.name, engine.evaluatePolicy.length]).toEqual(['evaluatePolicy', 2]);
    expect(Object.keys(engine)).toEqual(Object.keys(new PolicyEngine()));
  });

  test('records metrics and no spans without a tracer', async () => {
    const b = bench({ spans: false });
    const engine = new PolicyEngine([...FLAT]);
    b.governance.instrumentPolicyEngine(engine);
    engine.evaluate('read');
    expect(await b.total('agent_os_policy_decisions_total')).toBe(1);
    expect(b.spans()).toEqual([]);
  });
});

test('the span of a check nests under the host’s span, which stays active', () => {
  const b = bench();
  const engine = new PolicyEngine([...FLAT]);
  b.governance.instrumentPolicyEngine(engine);
  b.tracer.span('host', {}, (span) => {
    engine.evaluate('read');
    expect(trace.getActiveSpan()).toBe(span);
  });
  expect(b.paths()).toEqual(['host', 'host/kernel.policy_check']);
});
