import {
  AgentMeshClient,
  GenericFrameworkAdapter,
  GovernanceMetrics,
  PolicyEngine,
} from '@microsoft/agent-governance-sdk';
import type { KernelMetrics } from '../../src/instruments/index.js';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { bench, withContextManager, type Bench } from './support.js';

withContextManager();

function adapterOf(b: Bench) {
  const metrics = new GovernanceMetrics({ enabled: true, sinks: [b.governance.metricSink()] });
  const client = AgentMeshClient.create('a', {
    policyRules: [
      { action: 'search', effect: 'allow' },
      { action: 'pay', effect: 'review' },
    ],
  });
  return { client, adapter: new GenericFrameworkAdapter(client, { metrics }) };
}
async function runAll(adapter: GenericFrameworkAdapter): Promise<void> {
  for (const action of ['search', 'wipe', 'pay']) {
    await adapter.run({ name: action, kind: 'tool_call', action }, () => 1);
  }
}
const totals = async (b: Bench) => ({
  requests: await b.total('agent_os_requests_total'),
  latency: await b.total('agent_os_kernel_latency_seconds'),
  decisions: await b.total('agent_os_policy_decisions_total'),
  violations: await b.total('agent_os_violations_total'),
  blocked: await b.total('agent_os_violations_blocked_total'),
});
const ONCE = { requests: 3, latency: 3, decisions: 3, violations: 1, blocked: 1 };

test('a metric sink alone records requests, decisions, latency and violations', async () => {
  const b = bench();
  await runAll(adapterOf(b).adapter);
  expect(await totals(b)).toEqual(ONCE);
  expect(await b.series('agent_os_requests_total')).toEqual([
    { labels: { action: 'search', status: 'success' }, value: 1 },
    { labels: { action: 'wipe', status: 'denied' }, value: 1 },
    { labels: { action: 'pay', status: 'denied' }, value: 1 },
  ]);
  expect((await b.series('agent_os_violations_total'))[0]?.labels).toMatchObject({
    action: 'wipe',
    agent_id: 'unknown',
    policy: 'flat_rules',
  });
  expect(await b.total('agent_os_execution_duration_seconds')).toBe(0);
});

test.each(['adapter', 'client', 'engine'] as const)(
  'a metric sink beside an instrumented %s counts nothing twice',
  async (part) => {
    const b = bench();
    const { client, adapter } = adapterOf(b);
    if (part === 'adapter') b.governance.instrumentAdapter(adapter);
    if (part === 'client') b.governance.instrumentClient(client);
    if (part === 'engine') b.governance.instrumentPolicyEngine(client.policy);
    await runAll(adapter);
    expect(await totals(b)).toEqual(ONCE);
  },
);

test.each(['adapter', 'client', 'engine'] as const)(
  'a metric sink counts an adapter that is out of reach, though another %s is instrumented',
  async (part) => {
    const b = bench();
    const { adapter } = adapterOf(b);
    const other = AgentMeshClient.create('b', { policyRules: [{ action: 'search', effect: 'allow' }] });
    if (part === 'adapter') b.governance.instrumentAdapter(new GenericFrameworkAdapter(other));
    if (part === 'client') b.governance.instrumentClient(other);
    if (part === 'engine') b.governance.instrumentPolicyEngine(other.policy);
    if (part !== 'engine') await other.executeWithGovernance('search');
    await runAll(adapter);
    const extra = part === 'engine' ? 0 : 1;
    expect(await totals(b)).toEqual({
      ...ONCE,
      requests: ONCE.requests + extra,
      latency: ONCE.latency + extra,
      decisions: ONCE.decisions + extra,
    });
  },
);

test('a metric sink does not take a report for that of a request of long ago', async () => {
  const b = bench();
  const { adapter } = adapterOf(b);
  const engine = new PolicyEngine();
  b.governance.instrumentPolicyEngine(engine);
  for (let i = 0; i < 300; i++) engine.evaluate('wipe');
  b.clock.advance(1001);
  await runAll(adapter);
  expect(await b.total('agent_os_requests_total')).toBe(303);
});

test('a metric sink counts the request where an engine counts its checks alone', async () => {
  const b = bench({ denialsAreViolations: false });
  const { client, adapter } = adapterOf(b);
  b.governance.instrumentPolicyEngine(client.policy);
  await runAll(adapter);
  expect(await totals(b)).toEqual(ONCE);
});

test('a metric sink records again once everything is unwrapped', async () => {
  const b = bench();
  const { adapter } = adapterOf(b);
  b.governance.instrumentAdapter(adapter);
  b.governance.instrumentPolicyEngine(new PolicyEngine());
  b.governance.unwrap();
  await runAll(adapter);
  expect(await totals(b)).toEqual(ONCE);
});

test('a metric sink does not throw for events of any shape', () => {
  const sink = bench().governance.metricSink();
  const events = [
    undefined,
    null,
    7,
    {},
    { name: 'policy.decision' },
    { name: 'policy.decision', attributes: null },
  ];
  for (const event of events) expect(() => sink.record(event as never)).not.toThrow();
});

test('a metric sink whose metrics throw does not make an adapter’s run reject', async () => {
  const broken = new Proxy({} as KernelMetrics, {
    get() {
      throw new Error('broken metrics');
    },
  });
  const governance = new GovernanceInstrumentation({ kernel: broken });
  const metrics = new GovernanceMetrics({ enabled: true, sinks: [governance.metricSink()] });
  const client = AgentMeshClient.create('a', { policyRules: [{ action: '*', effect: 'allow' }] });
  const adapter = new GenericFrameworkAdapter(client, { metrics });
  await expect(adapter.run({ name: 'x' }, () => 'done')).resolves.toMatchObject({ output: 'done' });
});
