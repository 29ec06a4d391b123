import { PolicyEngine, type ExternalPolicyBackend, type Policy } from '@microsoft/agent-governance-sdk';
import { SpanStatusCode } from '@opentelemetry/api';
import { bench, deferred, only, withContextManager } from './support.js';

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
const backend = (name: string, answer: () => 'allow' | 'deny' | 'review'): ExternalPolicyBackend => ({
  name,
  evaluateAction: answer,
  evaluatePolicy: answer,
});

describe('policy backends', () => {
  test('a check with backends counts once, with the local check inside', async () => {
    const b = bench();
    const engine = new PolicyEngine([...FLAT]);
    engine.registerBackend(backend('opa', () => 'allow'));
    b.governance.instrumentPolicyEngine(engine);

    const result = await engine.evaluateWithBackends('read');

    expect(result.effectiveDecision).toBe('allow');
    expect(await b.series('agent_os_policy_decisions_total')).toEqual([
      { labels: { policy: 'flat_rules', decision: 'allow', enforced: 'allowed' }, value: 1 },
    ]);
    expect(await b.total('agent_os_policy_check_duration_seconds')).toBe(1);
    expect(b.paths()).toEqual(['kernel.policy_check']);
  });

  test.each(['deny', 'review'] as const)(
    'a backend that says %s is the policy of the decision, though a policy allowed',
    async (answer) => {
      const b = bench();
      const engine = new PolicyEngine([...FLAT]);
      engine.registerBackend(backend('cedar', () => 'allow'));
      engine.registerBackend(backend('opa', () => answer));
      b.governance.instrumentPolicyEngine(engine);
      await engine.evaluateWithBackends('read');
      expect(await b.series('agent_os_policy_decisions_total')).toEqual([
        { labels: { policy: 'opa', decision: answer, enforced: 'denied' }, value: 1 },
      ]);
      expect((await b.series('agent_os_policy_check_duration_seconds'))[0]?.labels.policy).toBe('flat_rules');
      expect(only(b.spans(), 'kernel.policy_check').attributes['agent_os.policies']).toEqual([
        'flat_rules',
        'opa',
      ]);
    },
  );

  test('a check by documents keeps the verdict of the document where that denied before a backend did', async () => {
    const b = bench();
    const engine = documents(FILES);
    engine.registerBackend(backend('opa', () => 'deny'));
    b.governance.instrumentPolicyEngine(engine);
    await engine.evaluatePolicyWithBackends(DID, { action: 'copy' });
    await engine.evaluatePolicyWithBackends(DID, { action: 'wipe' });
    await engine.evaluatePolicyWithBackends(DID, { action: 'read' });
    expect(await b.series('agent_os_policy_decisions_total')).toEqual([
      { labels: { policy: 'files', decision: 'warn', enforced: 'denied' }, value: 1 },
      { labels: { policy: 'files', decision: 'require_approval', enforced: 'denied' }, value: 1 },
      { labels: { policy: 'opa', decision: 'deny', enforced: 'denied' }, value: 1 },
    ]);
  });

  test('a backend that fails is an evaluation error under its own name, beside the denial', async () => {
    const b = bench();
    const engine = new PolicyEngine([...FLAT]);
    engine.registerBackend(
      backend('opa', () => {
        throw new Error('CANARY 10.0.0.1 refused');
      }),
    );
    b.governance.instrumentPolicyEngine(engine);
    const { effectiveDecision } = await engine.evaluateWithBackends('read');
    expect(effectiveDecision).toBe('deny');
    expect(await b.series('agent_os_policy_evaluation_errors_total')).toEqual([
      { labels: { policy: 'opa', error_type: 'BackendError' }, value: 1 },
    ]);
    expect(await b.series('agent_os_policy_check_duration_seconds')).toMatchObject([
      { labels: { result: 'denied' }, value: 1 },
    ]);
    expect(b.spansText()).not.toContain('CANARY');
  });

  test('what a backend calls runs under the check’s span, and its own checks of this engine do not count', async () => {
    const b = bench();
    const engine = new PolicyEngine([...FLAT]);
    const other = new PolicyEngine([...FLAT]);
    engine.registerBackend({
      name: 'delegate',
      async evaluateAction(action) {
        engine.evaluate(action);
        await Promise.resolve();
        other.evaluate(action);
        return engine.evaluate(action);
      },
    });
    b.governance.instrumentPolicyEngine(engine);
    b.governance.instrumentPolicyEngine(other, { policySet: 'other' });
    await engine.evaluateWithBackends('read');
    engine.evaluate('read');
    expect(b.paths()).toEqual([
      'kernel.policy_check',
      'kernel.policy_check',
      'kernel.policy_check/kernel.policy_check',
    ]);
    expect(await b.series('agent_os_policy_decisions_total')).toMatchObject([
      { labels: { policy: 'other' }, value: 1 },
      { labels: { policy: 'flat_rules' }, value: 2 },
    ]);
  });

  test('a check with backends that rejects is an evaluation error, and rejects with the same exception', async () => {
    const b = bench();
    const boom = new Error('boom');
    class Broken extends PolicyEngine {
      override async evaluateWithBackends(): Promise<never> {
        await Promise.resolve();
        throw boom;
      }
    }
    const engine = new Broken();
    b.governance.instrumentPolicyEngine(engine);
    await expect(engine.evaluateWithBackends()).rejects.toBe(boom);
    expect(await b.series('agent_os_policy_evaluation_errors_total')).toEqual([
      { labels: { policy: 'flat_rules', error_type: 'Error' }, value: 1 },
    ]);
    expect(only(b.spans(), 'kernel.policy_check').status.code).toBe(SpanStatusCode.ERROR);
  });

  test('checks with backends that run at the same time all count', async () => {
    const b = bench();
    const engine = new PolicyEngine([...FLAT]);
    const gate = deferred();
    engine.registerBackend({
      name: 'slow',
      async evaluateAction(): Promise<'allow'> {
        await gate.promise;
        return 'allow';
      },
    });
    b.governance.instrumentPolicyEngine(engine);
    const first = engine.evaluateWithBackends('read');
    const second = engine.evaluateWithBackends('read');
    engine.evaluate('read');
    gate.resolve();
    await Promise.all([first, second]);
    expect(await b.total('agent_os_policy_decisions_total')).toBe(3);
  });
});

describe('a subclass of PolicyEngine', () => {
  test('whose methods call each other counts once, for the outermost call', async () => {
    const b = bench();
    class Layered extends PolicyEngine {
      override evaluatePolicy(agent: string, ctx: Record<string, unknown>) {
        this.evaluate(String(ctx.action), ctx);
        return super.evaluatePolicy(agent, ctx);
      }
    }
    const engine = new Layered([...FLAT]);
    engine.loadPolicy(FILES);
    b.governance.instrumentPolicyEngine(engine);
    engine.evaluatePolicy(DID, { action: 'read' });
    expect(await b.total('agent_os_policy_decisions_total')).toBe(1);
    expect(b.paths()).toEqual(['kernel.policy_check']);
  });

  test('whose check is asynchronous is recorded when the check settles', async () => {
    const b = bench();
    class Later extends PolicyEngine {
      override evaluate(): never {
        return Promise.resolve().then(() => {
          b.clock.advance(10);
          return 'allow';
        }) as never;
      }
    }
    const engine = new Later();
    b.governance.instrumentPolicyEngine(engine);
    const answer: unknown = engine.evaluate();
    expect(answer).toBeInstanceOf(Promise);
    await expect(answer).resolves.toBe('allow');
    expect(await b.series('agent_os_policy_check_duration_seconds')).toEqual([
      { labels: { policy: 'flat_rules', result: 'allowed' }, value: 1, sum: 0.01 },
    ]);
  });

  test('whose verdict has no known shape returns it unchanged, and is counted as unknown', async () => {
    const b = bench();
    class Odd extends PolicyEngine {
      override evaluatePolicy(): never {
        return null as never;
      }
    }
    const engine = new Odd();
    b.governance.instrumentPolicyEngine(engine);
    expect(engine.evaluatePolicy()).toBeNull();
    expect(await b.series('agent_os_policy_decisions_total')).toEqual([
      { labels: { decision: 'unknown', enforced: 'unknown', policy: 'policy_documents' }, value: 1 },
    ]);
    expect(b.spans()).toHaveLength(1);
  });
});
