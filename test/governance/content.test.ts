import { AgentMeshClient, GenericFrameworkAdapter, PolicyEngine } from '@microsoft/agent-governance-sdk';
import { contentText } from '../../src/governance/core/telemetry.js';
import { bench, only, withContextManager, type Bench } from './support.js';

withContextManager();

const CANARY = 'CANARY-4711';

/** Puts the canary into every argument, context and result there is. */
async function everything(b: Bench) {
  const client = AgentMeshClient.create('a', {
    policyRules: [
      { action: 'deny', effect: 'deny' },
      { action: '*', effect: 'allow' },
    ],
  });
  const adapter = new GenericFrameworkAdapter(client);
  b.governance.instrumentAdapter(adapter);
  const engine = new PolicyEngine([{ action: '*', effect: 'allow' }]);
  engine.loadPolicy({
    name: 'p',
    rules: [{ name: 'r', condition: `secret == '${CANARY}'`, ruleAction: 'allow' }],
  });
  engine.registerBackend({
    name: 'opa',
    evaluateAction: () => ({ backend: 'opa', decision: 'deny', reason: CANARY }),
  });
  b.governance.instrumentPolicyEngine(engine);
  const context = { action: 'go', secret: CANARY, deep: [{ secret: CANARY }] };

  await client.executeWithGovernance('go', context);
  await client.executeWithGovernance('deny', context);
  const invocation = { name: 'go', action: 'go', input: context, attributes: { note: CANARY } };
  await adapter.run(invocation, () => ({ answer: CANARY }));
  await adapter.run({ ...invocation, action: 'deny' }, () => 1);
  (await adapter.beginInvocation(invocation)).complete({ output: CANARY });
  engine.evaluatePolicy('a', context);
  engine.evaluate('go', context);
  await engine.evaluateWithBackends('go', context);
  await engine.evaluatePolicyWithBackends('a', context);
}

test('arguments, contexts, results and DIDs reach neither spans nor labels', async () => {
  const b = bench();
  await everything(b);
  expect(b.spansText()).not.toContain(CANARY);
  expect(b.spansText()).not.toContain('did:agentmesh');
  expect(await b.metricsText()).not.toContain(CANARY);
  expect(await b.metricsText()).not.toContain('did:agentmesh');
  expect(b.spans().length).toBeGreaterThan(10);
});

test('with captureContent, arguments and results are on spans and never in labels', async () => {
  const b = bench({ captureContent: true });
  await everything(b);
  const checks = b.spans().filter(({ name }) => name === 'kernel.policy_check');
  for (const check of checks) expect(check.attributes['agent_os.content.input']).toContain(CANARY);
  const outputs = b.spans().flatMap(({ attributes }) => attributes['agent_os.content.output'] ?? []);
  expect(outputs).toEqual([`{"answer":"${CANARY}"}`, `"${CANARY}"`]);
  expect(await b.metricsText()).not.toContain(CANARY);
});

test('captured content is cut to 4096 characters', async () => {
  const b = bench({ captureContent: true });
  const engine = new PolicyEngine();
  b.governance.instrumentPolicyEngine(engine);
  engine.evaluate('go', { text: 'x'.repeat(1_000_000) });
  const text = only(b.spans(), 'kernel.policy_check').attributes['agent_os.content.input'];
  expect(String(text)).toHaveLength(4096);
});

test('content of any kind becomes bounded text', () => {
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  expect(contentText(loop)).toBe('[not serializable]');
  expect(contentText({ big: 1n })).toBe('{"big":"1"}');
  expect(contentText(Symbol('mark'))).toBe('Symbol(mark)');
  expect(contentText(['a'.repeat(5000), 'rest'])).toHaveLength(4096);
  expect(contentText(new Array(1_000_000).fill(1))).toHaveLength(201);
});
